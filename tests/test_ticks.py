"""Does this machine work? The checks, and the widget that shows them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import socket
import sys
import threading
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from helpers import KIT
from whosays import machine
from whosays.machine import Tick
from whosays.widgets.ticks import Ticks
from widget_page import WidgetPage

PROJECT = tomllib.loads((KIT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The needs of the kit as ``pyproject.toml`` states them, whether it is installed here or not."""
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: PROJECT["dependencies"])


def say(ticks: Ticks, do: str) -> None:
    ticks._received(None, {"do": do}, None)


# The checks -----------------------------------------------------------------------------------------


def test_the_range_of_python_is_that_of_the_project() -> None:
    assert PROJECT["requires-python"] == machine.PYTHON


@pytest.mark.parametrize(
    ("version", "ok"), [("3.9.18", False), ("3.10.14", False), ("3.11.0", True), ("3.14.0rc1", True)]
)
def test_python(version: str, ok: bool) -> None:
    tick = machine.python_tick(version)
    assert tick.ok is ok
    assert (version in tick.found) is ok
    assert (version in tick.what_to_do) is not ok


def test_this_python_works() -> None:
    assert machine.python_tick().ok


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("name", ["pandas", "plotly"])
def test_a_package_that_fits(name: str) -> None:
    version = importlib.metadata.version(name)
    assert machine.package_tick(name) == Tick(name, True, found=f"Version {version}.")


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("version", ["2.2.3", "4.0.0"])
def test_a_package_that_does_not_fit(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: version)
    tick = machine.package_tick("pandas")
    assert tick.ok is False
    assert version in tick.what_to_do
    assert "pip install -r requirements.txt" in tick.what_to_do


def test_a_package_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.package_tick("no-such-package-here").ok is False
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert machine.package_tick("pandas").what_to_do.startswith("pandas is missing: run “pip install")


def test_a_kit_that_is_not_installed_asks_for_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> list[str]:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", missing)
    assert machine.package_tick("pandas").ok


def test_front_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda part: [str(tmp_path / part)])
    assert "@jupyter-widgets/jupyterlab-manager is missing" in machine.front_end_tick().what_to_do
    for name in machine.FRONT_ENDS:
        (tmp_path / "labextensions" / name).mkdir(parents=True)
        (tmp_path / "labextensions" / name / "package.json").write_text("{}")
    assert machine.front_end_tick().ok


def test_a_click_is_open_until_it_comes() -> None:
    assert machine.click_tick(False).ok is None
    assert machine.click_tick(True).ok is True


def test_a_folder_that_can_be_written(work: Path) -> None:
    assert machine.write_tick(work).ok
    assert list(work.iterdir()) == [], "it leaves nothing behind"


def test_the_folder_is_the_one_that_answers_use(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHOSAYS_WORK", str(work))
    assert str(work) in machine.write_tick().found


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(13, "Permission denied"), "is read-only"),
        (OSError(28, "No space left"), "is on a full disk"),
        (OSError(5, "Input/output error"), "cannot be written (Input/output error)"),
    ],
)
def test_a_folder_that_cannot_be_written(
    work: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
) -> None:
    def refuse(path: Path, text: str) -> None:
        raise error

    monkeypatch.setattr(machine, "write_whole", refuse)
    tick = machine.write_tick(work)
    assert tick.ok is False
    assert tick.what_to_do.startswith("Move the kit to a folder of yours")
    assert tick.what_to_do.endswith(f"{work} {said}.")


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("")
    assert machine.write_tick(tmp_path / "work").ok is False


def test_a_disk_that_changes_what_is_written(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "write_whole", lambda path, text: path.write_text("other"))
    assert "changes what is written" in machine.write_tick(work).what_to_do


# No network -----------------------------------------------------------------------------------------


@pytest.fixture
def offline_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "plotly_renderer", lambda: "plotly_mimetype")


@pytest.mark.usefixtures("offline_charts")
def test_the_kit_needs_no_network() -> None:
    assert machine.offline_tick() == Tick(
        "No network needed", True, found="Text and charts come from this machine."
    )


@pytest.mark.usefixtures("offline_charts")
def test_a_pack_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "cannot be loaded: quotes.csv, row 4" in machine.offline_tick("quotes.csv, row 4").what_to_do
    monkeypatch.setenv("WHOSAYS_PACK", str(tmp_path / "nothing"))
    tick = machine.offline_tick()
    assert tick.ok is False
    assert tick.what_to_do.startswith("Unpack the kit again, because its text cannot be loaded:")


@pytest.mark.usefixtures("offline_charts")
@pytest.mark.parametrize(
    "ask",
    [
        lambda: socket.create_connection(("news.example", 80), timeout=1),
        lambda: socket.getaddrinfo("news.example", 80),
        lambda: socket.socket().connect(("192.0.2.1", 80)),
        lambda: socket.socket().connect_ex(("192.0.2.1", 80)),
    ],
)
def test_a_pack_that_asks_for_the_network_is_caught_even_if_it_hides_the_error(
    monkeypatch: pytest.MonkeyPatch, ask: Any
) -> None:
    def load() -> None:
        try:
            ask()
        except OSError:
            return

    monkeypatch.setattr(machine, "load", load)
    tick = machine.offline_tick()
    assert tick.ok is False
    assert "example" in tick.what_to_do or "192.0.2.1" in tick.what_to_do


def test_connections_work_again_afterwards_and_in_other_threads_meanwhile() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address, errors = server.getsockname(), []

        def connect() -> None:
            try:
                socket.create_connection(address, timeout=5).close()
            except OSError as error:
                errors.append(error)

        with machine.refused() as asked:
            other = threading.Thread(target=connect)
            other.start()
            other.join()
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(address, timeout=5)
        connect()
        assert errors == []
        assert len(asked) == 1


@pytest.mark.parametrize("renderer", ["notebook_connected", "plotly_mimetype+colab", "iframe_connected"])
def test_charts_that_would_be_fetched(monkeypatch: pytest.MonkeyPatch, renderer: str) -> None:
    monkeypatch.setattr(machine, "plotly_renderer", lambda: renderer)
    tick = machine.offline_tick()
    assert tick.ok is False
    assert renderer in tick.what_to_do


def test_the_renderer_is_the_one_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "plotly.io", SimpleNamespace(renderers=SimpleNamespace(default="colab")))
    assert machine.plotly_renderer() == "colab"
    monkeypatch.delitem(sys.modules, "plotly.io")
    monkeypatch.setitem(os.environ, "PLOTLY_RENDERER", "notebook_connected")
    assert machine.plotly_renderer() == "notebook_connected"


def test_online_renderers_are_those_of_plotly_that_fetch() -> None:
    import plotly.io as pio

    def fetches(name: str) -> bool:
        how = pio.renderers[name]
        return bool(getattr(how, "connected", False)) or getattr(how, "include_plotlyjs", True) == "cdn"

    assert {name for name in pio.renderers if fetches(name)} == machine.ONLINE_RENDERERS


# The widget -----------------------------------------------------------------------------------------


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch, work: Path) -> Ticks:
    monkeypatch.setattr(machine, "plotly_renderer", lambda: "plotly_mimetype")
    return Ticks(work=work)


def test_six_lines_and_one_of_them_waits_for_a_click(works: Ticks) -> None:
    assert [t["word"] for t in works.view["ticks"]] == ["works"] * 3 + ["open"] + ["works"] * 2
    assert works.view["box"] is None
    say(works, "click")
    assert {t["word"] for t in works.view["ticks"]} == {"works"}
    assert works.view["box"]["verdict"] == "This machine works."
    assert works.view["say"] == "This machine works. Nothing is left to do here."


def test_what_does_not_work_says_what_to_do_and_can_be_looked_at_again(
    works: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(
            machine, "write_tick", lambda work: Tick("Answers can be saved", False, "Move the kit.")
        )
        say(works, "again")
        assert works.view["ticks"][4] == {
            "name": "Answers can be saved", "ok": False, "word": "does not work", "text": "Move the kit."
        }  # fmt: skip
        assert works.view["box"]["verdict"] == "1 of 6 does not work yet."
        assert works.view["say"] == "1 of 6 does not work yet. Answers can be saved: Move the kit."
        say(works, "click")
        assert works.view["box"]["tone"] == "notyet"
    say(works, "again")
    assert works.view["box"]["tone"] == "ok"


def test_an_error_of_the_pack_is_shown(work: Path) -> None:
    ticks = Ticks("sentences.csv is missing", work)
    assert "sentences.csv is missing" in ticks.view["ticks"][5]["text"]


def test_the_table_twin(works: Ticks) -> None:
    table = works.as_table()
    assert list(table["works"]) == ["works"] * 3 + ["open"] + ["works"] * 2
    assert table["what to do"][3] == "Click the button."
    assert table["found"][0].startswith("Version 3.")


def test_where_no_widget_can_be_shown_a_line_says_what_to_do(works: Ticks) -> None:
    shown = works._repr_mimebundle_()
    plain = (shown[0] if isinstance(shown, tuple) else shown)["text/plain"]
    assert plain == "Widgets do not show here if you can read this. Run: pip install -r requirements.txt"


@pytest.mark.parametrize("message", [{"do": "click", "arg": 1}, {"do": "look"}, {"do": "_look"}, 3])
def test_other_messages_change_nothing(works: Ticks, message: Any) -> None:
    before = works.view
    works._received(None, message, None)
    assert works.view == before


@pytest.mark.browser
def test_the_click_becomes_a_tick_once_python_has_it(page: Any, works: Ticks) -> None:
    w = WidgetPage(page, works)
    assert page.get_by_role("listitem").count() == 6
    page.locator("#before").focus()
    page.keyboard.press("Tab")
    assert w.focused == "button Click me"
    page.keyboard.press("Enter")
    assert page.locator('[data-ok="null"]').count() == 1, "not before Python has answered"
    w.answer()
    assert page.locator('[data-ok="true"]').count() == 6
    assert page.get_by_role("button").filter(has_text="Click me").count() == 0
    assert w.focused.startswith("li Widgets respond to a click: works.")
    assert page.locator("[role=status]").inner_text().startswith("This machine works.")
