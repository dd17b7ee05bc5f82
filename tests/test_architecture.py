"""The shape of the project: floors, style, types, packaging, and the files around the code."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

import whosays
from helpers import KIT, NOTEBOOKS
from whosays import widgets
from whosays.widgets.cards import Cards

BIN = Path(sys.executable).parent
PROJECT = tomllib.loads((KIT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = (KIT / "README.md").read_text(encoding="utf-8")
TOP_LEVEL = {
    *("README.md", "requirements.txt", "notebooks", "data", "exercises", "tests"),
    *("pyproject.toml", "LICENSE", "LICENSE-CONTENT", "CITATION.cff", "CHANGELOG.md", "CONTRIBUTING.md"),
}
NOT_STORED = {"__pycache__", ".ipynb_checkpoints", "work"}


def files() -> list[Path]:
    """The project's files, relative to the kit: what git holds or would add; in a copy without git, all."""
    if (KIT / ".git").exists() and shutil.which("git"):
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        listed = subprocess.run(command, cwd=KIT, capture_output=True, text=True, check=True).stdout
        paths = [Path(name) for name in listed.split("\0") if name]
    else:
        paths = [path.relative_to(KIT) for path in KIT.rglob("*")]
        paths = [p for p in paths if p.parts[0][0] != "." and not NOT_STORED & set(p.parts)]
    return sorted(path for path in paths if (KIT / path).is_file())


STORED_NOTEBOOKS = [path for path in files() if path.suffix == ".ipynb" and path.parts[0] == "notebooks"]


def run(*command: str) -> None:
    """Run a tool in the kit's folder; the test fails with what the tool says."""
    ended = subprocess.run(command, cwd=KIT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"{shlex.join(command)}\n{ended.stdout}{ended.stderr}"


# --- code --------------------------------------------------------------------------------------------


def test_lint() -> None:
    run(sys.executable, "-m", "ruff", "check", "--output-format", "concise", ".")


def test_format() -> None:
    run(sys.executable, "-m", "ruff", "format", "--check", "--output-format", "concise", ".")


def test_types() -> None:
    run(sys.executable, "-m", "mypy")


def test_imports_go_one_way() -> None:
    run(str(BIN / "lint-imports"), "--no-cache")


def test_a_deck_of_cards_is_a_short_module() -> None:
    for module in pkgutil.iter_modules(widgets.__path__, f"{widgets.__name__}."):
        importlib.import_module(module.name)
    decks = {Path(inspect.getfile(deck)) for deck in Cards.__subclasses__()}
    assert {path.stem for path in decks} >= {"deck", "lineup", "verbs", "claims"}
    lines = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in decks}
    assert max(lines.values()) < 120, lines


# --- packaging ---------------------------------------------------------------------------------------


def test_the_wheel_holds_the_whole_library(tmp_path: Path) -> None:
    run(str(BIN / "hatchling"), "build", "-t", "wheel", "-d", str(tmp_path))
    (wheel,) = tmp_path.glob("*.whl")
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    ours = [path.relative_to("notebooks") for path in files() if path.is_relative_to("notebooks/whosays")]
    assert held == {path.as_posix() for path in ours}
    assert {".py", ".js", ".css", ".json"} <= {Path(name).suffix for name in held}


def test_requirements_name_what_the_package_needs() -> None:
    *named, kit = (KIT / "requirements.txt").read_text(encoding="utf-8").split("\n")[:-1]
    assert kit == "-e ."
    assert named == [re.split("[<>=]", needed)[0] for needed in PROJECT["dependencies"]]


def test_one_version_everywhere() -> None:
    version = PROJECT["version"]
    assert whosays.__version__ == version
    assert citation()["version"] == version
    headings = re.findall(r"^## \[(.+?)\]", (KIT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[:2] == ["Unreleased", version]
    assert f"This is version {version}." in README


# --- the files around the code -----------------------------------------------------------------------


def test_top_level_holds_only_what_the_design_lists() -> None:
    visible = {path.parts[0] for path in files() if not path.parts[0].startswith(".")}
    assert visible <= TOP_LEVEL
    assert visible >= TOP_LEVEL - {"exercises"}


def test_what_students_write_is_never_committed() -> None:
    assert "/notebooks/work/" in (KIT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert not [path for path in files() if path.is_relative_to("notebooks/work")]


def test_text_files_are_utf8_with_unix_line_ends() -> None:
    text_files = [
        p for p in files() if p.suffix in {".csv", ".ipynb", ".json", ".py", ".js", ".css", ".md", ".geojson"}
    ]
    assert len(text_files) > 20
    for path in text_files:
        content = (KIT / path).read_bytes()
        content.decode("utf-8")
        assert b"\r\n" not in content, f"{path} has Windows line ends"
        assert not content.startswith(b"\xef\xbb\xbf"), f"{path} starts with a byte order mark"


def test_licences() -> None:
    mit = (KIT / "LICENSE").read_text(encoding="utf-8")
    assert mit.startswith("MIT License\n\nCopyright (c) 2026 The Who Says So? authors\n")
    content = (KIT / "LICENSE-CONTENT").read_text(encoding="utf-8")
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in content
    for section in range(1, 9):
        assert f"\nSection {section} -- " in content
    assert PROJECT["license"] == "MIT AND CC-BY-4.0"
    assert PROJECT["license-files"] == ["LICENSE", "LICENSE-CONTENT"]
    assert citation()["license"] == ["MIT", "CC-BY-4.0"]


def citation() -> dict[str, Any]:
    """``CITATION.cff`` as Citation File Format 1.2.0 reads it."""
    parsed: dict[str, Any] = yaml.safe_load((KIT / "CITATION.cff").read_text(encoding="utf-8"))
    return parsed


def test_citation() -> None:
    cited = citation()
    assert cited["cff-version"] == "1.2.0"
    assert cited["type"] == "software"
    assert cited["authors"] == PROJECT["authors"]
    required = {"cff-version", "message", "title", "authors"}
    optional = {"type", "version", "abstract", "keywords", "license", "date-released", "identifiers"}
    assert required <= set(cited) <= required | optional


# --- README ------------------------------------------------------------------------------------------


def commands() -> list[str]:
    """The commands the README shows in blocks of their own."""
    return re.findall(r"^```\w*\n(.*?)\n```$", README, re.MULTILINE | re.DOTALL)


def test_readme_has_exactly_two_commands_of_one_line_each() -> None:
    shown = commands()
    assert len(shown) == 2
    assert not any("\n" in command for command in shown)
    opens, tests = (command.split(" && ") for command in shown)
    install = ".venv/bin/python -m pip install -r requirements.txt"
    assert opens == ["python3 -m venv .venv", install, ".venv/bin/whosays start"]
    assert tests == [
        "python3 -m venv .venv",
        f"{install} -r tests/requirements.txt",
        ".venv/bin/python -m pytest",
    ]


def test_readme_gives_windows_the_same_commands() -> None:
    for command in commands():
        windows = command.replace("python3 -m venv", "py -m venv").replace(
            ".venv/bin/", r".venv\Scripts" + "\\"
        )
        assert f'`cmd /c "{windows}"`' in README


def test_ci_runs_the_readmes_test_command() -> None:
    script = KIT / ".ci" / "run"
    assert script.read_text(encoding="utf-8").splitlines()[-1] == commands()[1]
    assert script.stat().st_mode & 0o111
    run("bash", "-n", str(script))


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "data/README.md"])
def test_links_to_the_kits_own_files_lead_somewhere(document: str) -> None:
    folder = (KIT / document).parent
    links = re.findall(r"\]\(([^)\s]+)\)", (KIT / document).read_text(encoding="utf-8"))
    own = [link for link in links if not link.startswith("https://")]
    assert own
    assert [link for link in own if not (folder / link).exists()] == []


def test_readme_lists_the_lessons_that_are_here() -> None:
    listed = re.findall(r"^\| (\d) \| .+ \| (?:planned|\[yes\]\((.+)\)) \|$", README, re.MULTILINE)
    assert [int(number) for number, _ in listed] == list(range(10))
    here = {path.relative_to(KIT).as_posix() for path in NOTEBOOKS.glob("0*.ipynb")}
    assert {link for _, link in listed if link} == here
    assert all(Path(link).name.startswith(f"0{number}_") for number, link in listed if link)


# --- notebooks ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copies of all notebooks, as the commit hook leaves them."""
    folder = tmp_path_factory.mktemp("committed")
    clear_outputs(*(Path(shutil.copy(KIT / path, folder)) for path in STORED_NOTEBOOKS))
    return folder


@pytest.mark.parametrize("path", STORED_NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_ready_to_open_and_easy_to_compare(path: Path, committed: Path) -> None:
    stored = (KIT / path).read_bytes()
    notebook = json.loads(stored)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert "widgets" not in notebook["metadata"]
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in notebook["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
    assert (committed / path.name).read_bytes() == stored, "the commit hook would rewrite it: run it once"


def clear_outputs(*paths: Path) -> None:
    """What the commit hook does to notebooks."""
    config = yaml.safe_load((KIT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = {hook["id"]: hook for repo in config["repos"] for hook in repo["hooks"]}
    assert all(hook["language"] == "system" for hook in hooks.values())
    program, *options = shlex.split(hooks["notebooks-without-outputs"]["entry"])
    run(str(BIN / program), *options, *map(str, paths))


def test_the_commit_hook_empties_a_notebook(tmp_path: Path) -> None:
    path = tmp_path / "ran.ipynb"
    output = {"output_type": "stream", "name": "stdout", "text": ["hello\n"]}
    cell = {"cell_type": "code", "id": "one", "metadata": {}, "source": "print('hello')"}
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "x"}},
    }
    path.write_text(json.dumps(notebook | {"cells": [cell | {"execution_count": 3, "outputs": [output]}]}))
    clear_outputs(path)
    (cleared,) = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert cleared["outputs"] == []
    assert cleared["execution_count"] is None
    assert cleared["id"] == "one"
