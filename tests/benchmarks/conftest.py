"""Benchmarks compare with a peer in the same run and print what they measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

Report = Callable[[str, float, float, float], None]


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Iterator[Report]:
    """Print ``what: measured, beside, ratio (limit)`` and fail where the ratio is over its limit."""
    lines: list[str] = []

    def note(what: str, measured: float, beside: float, limit: float) -> None:
        ratio = measured / beside
        lines.append(f"{what}: {measured:.4g} beside {beside:.4g}, ratio {ratio:.2f} (at most {limit:g})")
        assert ratio <= limit, lines[-1]

    yield note
    with capsys.disabled():
        print("\n" + "\n".join(lines))
