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

import whosays as library
from helpers import DATA, KIT, TOKEN, network_attempts, offline_env, running_lab, whosays
from whosays.cli import doctor as doctor_module
from whosays.cli import main
from whosays.cli.doctor import Finding, signs
from whosays.cli.start import put_first

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
def test_a_call_it_cannot_read_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: whosays" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["start", "check"])
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
        printed = lab.stop()
    assert lab.process.returncode == 0
    assert printed.startswith(f"Opening {FIRST} in JupyterLab.")
    assert printed.endswith("JupyterLab has stopped.\n")
    assert not re.search(r"Traceback|\[E ", printed)
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
    lines = ended.stdout.splitlines()
    for package in ("jupyterlab", "ipywidgets", "plotly", "pandas", "anywidget"):
        assert any(re.fullmatch(rf"✓ {package} [0-9.]+", line) for line in lines), package
    assert f"✓ Answers can be saved in {tmp_path / 'work'}" in lines
    assert "✓ Notebooks run in this Python" in lines
    assert f"✓ The lesson pack in {DATA} loads" in lines
    assert not [line for line in lines if line.startswith("✗")]
    assert lines[-1] == "Everything a lesson needs works here."
    assert network_attempts(tmp_path) == []


def test_doctor_crosses_what_is_broken_and_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("a file where the folder should be")
    (tmp_path / "pack").mkdir()
    ended = whosays("doctor", env=offline_env(tmp_path, WHOSAYS_PACK=str(tmp_path / "pack")))
    assert ended.returncode == 1
    lines = ended.stdout.splitlines()
    crossed = [(line, lines[n + 1].strip()) for n, line in enumerate(lines) if line.startswith("✗")]
    assert [line.split(" (")[0] for line, _ in crossed[:1]] == [
        f"✗ Answers cannot be saved in {tmp_path / 'work'}"
    ]
    assert crossed[0][1] == "Move the kit to a folder of yours, or set WHOSAYS_WORK to one."
    assert crossed[1][0].startswith("✗ The lesson pack has faults: datapackage.json: found no such file")
    assert crossed[1][1] == f"Run: whosays check {tmp_path / 'pack'}"
    assert len(crossed) == 2
    assert lines[-1].startswith("2 of ")


def test_doctor_sees_a_kernel_of_another_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = foreign_kernel(tmp_path)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    (finding,) = doctor_module._kernel()
    assert finding.works is False
    assert finding.what.endswith(other)
    assert finding.do.endswith("-m ipykernel install --sys-prefix")


def test_doctor_sees_missing_widgets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *_: [str(tmp_path)])
    found = list(doctor_module._front_ends())
    assert [f.works for f in found] == [False, False]
    (tmp_path / "anywidget").mkdir()
    (tmp_path / "anywidget" / "package.json").write_text("{}")
    assert [f.works for f in doctor_module._front_ends()] == [False, True]


@pytest.mark.parametrize(
    ("version", "works"), [((3, 10, 2), False), ((3, 11, 0), True), ((3, 13, 9), True), ((3, 99, 0), None)]
)
def test_doctor_knows_which_pythons_are_tested(
    version: tuple[int, int, int], works: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_module.sys, "version_info", version)
    (finding,) = doctor_module._python()
    assert finding.works is works


def test_doctor_sees_missing_and_old_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ["pandas>=3000", "jupyterlab", "no-such-package-of-ours>=1"]
    monkeypatch.setattr(doctor_module.metadata, "requires", lambda _: wanted)
    assert [f.works for f in doctor_module._packages()] == [False, True, False]


def test_without_a_browser_for_tests_doctor_only_notes_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor_module, "find_chromium", lambda: None)
    assert [f.works for f in doctor_module._browser()] == [None]
    monkeypatch.setattr(doctor_module, "findings", lambda: [Finding(True, "fine"), Finding(None, "a note")])
    assert doctor_module.doctor() == 0
    assert "a note" in capsys.readouterr().out


def test_signs_fit_the_console(tmp_path: Path) -> None:
    assert signs("utf-8") == ("✓", "✗", "–")
    assert signs("cp1252") == signs(None) == signs("no-such-encoding") == ("ok", "NO", "--")
    env = offline_env(tmp_path, PYTHONUTF8="0", PYTHONIOENCODING="cp1252")
    ended = whosays("doctor", env=env)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("ok Python 3.")


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
