"""``whosays`` from outside: real processes, a real server, a real browser."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_client.blocking import BlockingKernelClient

import whosays as library
from helpers import DATA, KIT, TOKEN, network_attempts, offline_env, running_lab, whosays
from whosays.cli import doctor as doctor_module
from whosays.cli.doctor import kernel_tick, signs
from whosays.cli.start import clear_outputs, fold_side_bars, put_first

FIRST = "notebooks/00_start_here.ipynb"
SETTINGS = "/lab/api/settings/@jupyterlab/apputils-extension"


# --- the command itself ------------------------------------------------------------------------------


def test_help_is_quick_because_it_loads_none_of_the_big_packages(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom whosays.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "big = {'pandas', 'numpy', 'plotly', 'jupyterlab', 'ipywidgets', 'anywidget'}\n"
        "print('LOADED', sorted(big & set(sys.modules)))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], env=offline_env(tmp_path), capture_output=True, text=True, check=True
    )
    assert "start" in ended.stdout
    assert "doctor" in ended.stdout
    assert "LOADED []" in ended.stdout


def test_the_installed_command_is_there(tmp_path: Path) -> None:
    program = shutil.which("whosays", path=str(Path(sys.executable).parent))
    assert program, "the package does not install the command whosays"
    ended = subprocess.run(
        [program, "--version"], env=offline_env(tmp_path), capture_output=True, text=True, check=True
    )
    assert ended.stdout == f"whosays {library.__version__}\n"


@pytest.mark.parametrize(
    "arguments", [[], ["fly"], ["check"], ["start", "--port", "0"], ["start", "--port", "x"]], ids=" ".join
)
def test_a_call_it_cannot_read_ends_with_2(arguments: list[str], tmp_path: Path) -> None:
    ended = whosays(*arguments, env=offline_env(tmp_path))
    assert ended.returncode == 2
    assert ended.stderr.startswith("usage: whosays")


@pytest.mark.parametrize("command", ["start", "check", "doctor"])
def test_a_missing_package_is_one_clear_sentence(command: str, tmp_path: Path) -> None:
    (tmp_path / "pandas").mkdir()
    broken = "raise ModuleNotFoundError(\"No module named 'pandas'\", name='pandas')\n"
    (tmp_path / "pandas" / "__init__.py").write_text(broken)
    arguments = [command, *([DATA] if command == "check" else [])]
    ended = whosays(*arguments, env=offline_env(tmp_path, also_import_from=tmp_path))
    assert ended.returncode == 1
    assert ended.stderr.startswith("The package pandas is missing. In the kit's folder, run: ")
    assert ended.stderr.count("\n") == 1


def foreign_kernel(jupyter_folder: Path) -> str:
    """Install a kernel named python3 that belongs to some other Python; returns that Python."""
    spec = jupyter_folder / "kernels" / "python3"
    spec.mkdir(parents=True)
    other = (jupyter_folder / "elsewhere" / "bin" / "python").as_posix()
    (spec / "kernel.json").write_text(
        json.dumps({"argv": [other, "-m", "ipykernel_launcher", "-f", "{connection_file}"]})
    )
    return other


def ask_kernel(connection_file: Path, code: str) -> str:
    """Run code in a kernel that is running already and return what it printed."""
    printed: list[str] = []
    client = BlockingKernelClient(connection_file=str(connection_file))
    client.load_connection_file()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        client.execute_interactive(
            code, timeout=30, output_hook=lambda m: printed.append(m["content"].get("text", ""))
        )
    finally:
        client.stop_channels()
    return "".join(printed)


# --- start -------------------------------------------------------------------------------------------


def test_start_serves_the_kit_quietly_and_stops_on_ctrl_c(tmp_path: Path) -> None:
    with running_lab(tmp_path) as lab:
        quiet = lab.get(f"{SETTINGS}:notification")["schema"]["properties"]
        assert quiet["fetchNews"]["default"] == "false"
        assert quiet["checkForUpdates"]["default"] is False
        assert lab.get("/lab/api/news")["news"] == []
        assert lab.get("/lab/api/update")["notification"] is None
        names = {entry["name"] for entry in lab.get("/api/contents/")["content"]}
        assert {"notebooks", "data", "README.md"} <= names
        kernel = lab.get("/api/kernels", {"name": "python3"})["id"]
        said = ask_kernel(tmp_path / "runtime" / f"kernel-{kernel}.json", "import sys; print(sys.prefix)")
        assert said == f"{sys.prefix}\n"
        printed = lab.stop()
    assert lab.process.returncode == 0
    assert printed.startswith(f"Opening {FIRST} in JupyterLab.")
    assert printed.endswith("JupyterLab has stopped.\n")
    assert not re.search(r"Traceback|\[E ", printed)
    left = [path.name for path in (tmp_path / "runtime").iterdir()]
    assert left == ["jupyter_cookie_secret"], "the server or its kernel was dropped, not closed"
    assert network_attempts(tmp_path) == []


def test_start_respects_a_users_settings_but_not_a_kernel_of_another_python(tmp_path: Path) -> None:
    own = tmp_path / "settings" / "@jupyterlab" / "apputils-extension"
    own.mkdir(parents=True)
    (own / "themes.jupyterlab-settings").write_text('{"theme": "JupyterLab Dark"}')
    foreign_kernel(tmp_path / "jupyter")
    with running_lab(tmp_path, JUPYTER_PREFER_ENV_PATH="0") as lab:
        assert lab.get(f"{SETTINGS}:themes")["settings"] == {"theme": "JupyterLab Dark"}
        kernel = lab.get("/api/kernelspecs")["kernelspecs"]["python3"]["spec"]
        assert kernel["argv"][:3] == ["python", "-m", "ipykernel_launcher"]  # "python" is the server's own
    assert [p.name for p in own.iterdir()] == ["themes.jupyterlab-settings"]


@pytest.mark.browser
def test_start_opens_the_first_notebook_without_a_pop_up_or_a_request_elsewhere(tmp_path: Path, page) -> None:  # type: ignore[no-untyped-def]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with running_lab(tmp_path) as lab:
        page.goto(f"{lab.url}/?token={TOKEN}")
        page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for(timeout=60_000)
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
        page.wait_for_timeout(2000)  # the pop-up would come with the news request, just after start
        assert page.url.endswith(f"/lab/tree/{FIRST}")
        assert page.locator(".Toastify__toast, .jp-Dialog").count() == 0
    away = [url for url in asked if not url.startswith((lab.url, "data:", "blob:"))]
    assert len(asked) > 20
    assert away == []
    assert network_attempts(tmp_path) == []


def test_a_taken_port_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = whosays("start", "--no-browser", "--port", str(port), env=offline_env(tmp_path))
    assert ended.returncode == 1
    assert ended.stderr == (
        f"Port {port} is taken. Try another one, or leave --port out and a free one is chosen.\n"
    )


def test_a_kit_without_its_first_notebook_says_so(tmp_path: Path) -> None:
    shutil.copytree(KIT / "notebooks" / "whosays", tmp_path / "notebooks" / "whosays")
    ended = whosays("start", env=offline_env(tmp_path, kit=tmp_path))
    assert ended.returncode == 1
    assert "00_start_here.ipynb is missing" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_folder_is_put_first_on_a_search_path_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_PATH", os.pathsep.join(["b", "a"]))
    put_first("SOME_PATH", Path("a"))
    assert os.environ["SOME_PATH"] == os.pathsep.join(["a", "b"])


# --- doctor ------------------------------------------------------------------------------------------


def test_doctor_ticks_everything_here(tmp_path: Path) -> None:
    ended = whosays("doctor", env=offline_env(tmp_path))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    *lines, last = ended.stdout.splitlines()
    named = [re.fullmatch("[✓–] (.+?): .+", line) for line in lines]
    assert [match and match[1] for match in named] == [
        "Python",
        *sorted(["jupyterlab", "ipywidgets", "plotly", "pandas", "anywidget"]),
        "Widgets are shown",
        "Notebooks run in this Python",
        "Answers can be saved",
        "No network needed",
        "Browser tests",
        "Walls for grading",
        "Gradebook for grading",
    ]
    assert f"✓ Answers can be saved: In the folder {tmp_path / 'work'}." in lines
    assert f"✓ Notebooks run in this Python: {sys.executable}." in lines
    assert last == "Everything a lesson needs works here."
    assert network_attempts(tmp_path) == []


def test_doctor_crosses_what_is_broken_and_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("a file where the folder should be")
    (tmp_path / "pack").mkdir()
    ended = whosays("doctor", env=offline_env(tmp_path, WHOSAYS_PACK=str(tmp_path / "pack")))
    assert ended.returncode == 1
    *lines, last = ended.stdout.splitlines()
    saved, offline = [line for line in lines if line.startswith("✗")]
    assert saved.startswith("✗ Answers can be saved: Move the kit to a folder of yours")
    assert offline.startswith("✗ No network needed: Unpack the kit again, because its text cannot be loaded")
    assert last == f"2 of {len(lines)} do not work."


def test_doctor_sees_a_kernel_of_another_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kernel_tick().ok is True
    other = foreign_kernel(tmp_path)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    tick = kernel_tick()
    assert tick.ok is False
    assert tick.what_to_do.startswith(
        f"They would run in {other}. Run: {sys.executable} -m ipykernel install"
    )


def test_doctor_says_when_the_kit_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whosays.machine.needs", dict)
    (tick,) = [tick for tick in doctor_module.all_ticks() if tick.name == "The kit"]
    assert tick.ok is False
    assert tick.what_to_do.endswith("-m pip install -r requirements.txt")


def test_without_a_browser_for_tests_doctor_only_notes_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor_module, "find_chromium", lambda: None)
    assert doctor_module.doctor() == 0
    assert "– Browser tests: No Chromium, Chrome or Edge found." in capsys.readouterr().out


def test_signs_fit_the_console(tmp_path: Path) -> None:
    assert signs("utf-8") == ("✓", "✗", "–")
    assert signs("cp1252") == signs(None) == signs("no-such-encoding") == ("ok", "NO", "--")
    env = offline_env(tmp_path, PYTHONUTF8="0", PYTHONIOENCODING="cp1252")
    ended = whosays("doctor", env=env)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("ok Python: ")


# --- check -------------------------------------------------------------------------------------------


def test_check_finds_the_kits_own_pack_sound() -> None:
    ended = whosays("check", DATA)
    assert (ended.returncode, ended.stdout) == (0, f"{DATA}: checked, no fault found.\n"), ended.stderr


def test_check_prints_one_line_a_fault_and_a_summary(tmp_path: Path) -> None:
    copy = tmp_path / "pack"
    shutil.copytree(DATA, copy)
    quotes = copy / "quotes.csv"
    text = quotes.read_text(encoding="utf-8")
    assert "macron" in text
    quotes.write_text(text.replace("macron", "macron2", 1), encoding="utf-8")
    ended = whosays("check", copy)
    assert ended.returncode == 1
    *faults, summary = ended.stdout.splitlines()
    assert any(re.match(r"quotes\.csv, row \d+, credited_speakers: .*macron2", fault) for fault in faults)
    assert summary == f"{copy}: {len(faults)} {'fault' if len(faults) == 1 else 'faults'}."
    assert ended.stderr == ""


@pytest.mark.parametrize("bad", ["nowhere", "a_file", "empty", "no_json", "binary"])
def test_check_never_shows_a_traceback(bad: str, tmp_path: Path) -> None:
    place = tmp_path / bad
    if bad == "a_file":
        place.write_text("x")
    elif bad != "nowhere":
        place.mkdir()
    if bad == "no_json":
        (place / "datapackage.json").write_text('{"resources": [')
    elif bad == "binary":
        (place / "datapackage.json").write_bytes(bytes(range(256)))
    ended = whosays("check", place)
    assert ended.returncode == 1
    said = ended.stdout + ended.stderr
    assert "Traceback" not in said
    if bad in ("nowhere", "a_file"):
        assert said == f"{place} is no folder. Give the folder that holds datapackage.json.\n"
    else:
        assert said.startswith("datapackage.json")


def test_start_folds_the_side_bars_in_the_kits_own_layout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTERLAB_WORKSPACES_DIR", "the user's")
    fold_side_bars(tmp_path / "lab")
    assert not (tmp_path / "lab").exists()
    monkeypatch.delenv("JUPYTERLAB_WORKSPACES_DIR")
    fold_side_bars(tmp_path / "lab")
    assert os.environ["JUPYTERLAB_WORKSPACES_DIR"] == str(tmp_path / "lab")
    (file,) = (tmp_path / "lab").iterdir()
    content = json.loads(file.read_text(encoding="utf-8"))
    assert content["metadata"]["id"] == "default"
    layout = content["data"]["layout-restorer:data"]
    assert layout["left"]["collapsed"]
    assert layout["right"]["collapsed"]


def test_start_clears_the_outputs_of_a_lesson_and_nothing_else(tmp_path: Path) -> None:
    output = {"output_type": "display_data", "data": {"text/html": "<table>"}, "metadata": {}}
    code = {"cell_type": "code", "source": ["x = “é”"], "outputs": [output], "execution_count": 3}
    words = {"cell_type": "markdown", "source": ["“é”"]}
    notebook = tmp_path / "01_a.ipynb"
    notebook.write_text(json.dumps({"cells": [code, words], "metadata": {"kernelspec": {}}}))
    assert clear_outputs(notebook)
    assert json.loads(notebook.read_text(encoding="utf-8")) == {
        "cells": [code | {"outputs": [], "execution_count": None}, words],
        "metadata": {"kernelspec": {}},
    }
    assert not clear_outputs(notebook)
    notebook.write_text("no notebook")
    assert not clear_outputs(notebook)
    assert notebook.read_text() == "no notebook"
