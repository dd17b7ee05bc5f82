"""nbgrader's formgrader on what ``whosays grade`` writes: a teacher grades there; no answer runs there."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page, expect

from helpers import TOKEN, Lab, free_port, offline_env
from test_gradebook import SETS, notebook, record
from whosays.classroom import copies
from whosays.classroom.gradebook import Mark, mark, marks, write

pytestmark = pytest.mark.browser

MINE = {"cdnjs.cloudflare.com"}  # nbgrader's own page asks there for MathJax; it works without
MADE = "a, img, iframe, svg, style, script, form, input, link, object, details, h1"
RUN = "window.hacked = (window.hacked || 0) + 1"
HOSTILE = f"""<script>{RUN}; alert(1); fetch("http://evil.example/s")</script>
<img src=x onerror="{RUN}"> <svg onload="{RUN}"></svg> <body onload="{RUN}">
<details open ontoggle="{RUN}"> <iframe src="javascript:{RUN}"></iframe>
<iframe srcdoc="<script>top.hacked = 1</script>"></iframe> <img src="http://evil.example/i.png">
<style>@import "http://evil.example/c.css"; .score {{ display: none }}</style>
<link rel=stylesheet href=http://evil.example/l.css> <base href="http://evil.example/">
<object data="data:text/html,<script>{RUN}</script>"></object>
<form action=//evil.example><input id="set1-D"></form> <meta http-equiv=refresh content=0>

![a](http://evil.example/m.png) ![b](data:image/svg+xml;base64,PHN2Zz4=) [c](javascript:{RUN})
[d][e] <javascript:{RUN}> www.evil.example

[e]: javascript:{RUN}
$$ \\href{{javascript:{RUN}}}{{x}} \\unicode{{<img src=x onerror={RUN}>}} $$ \\\\( \\style{{x}}{{y}} \\\\)

<!-- a hidden word --> {{{{ 7 * 7 }}}} {{% raw %}} <%= 1 %> ${{1}} ``` ~~~ </pre></code></div></textarea>

\u2028# A heading
<script>{RUN}</script>
    <script>{RUN}</script>
\\begin{{x}}
</pre><script>{RUN}</script>
\\end{{x}}

```mermaid
graph TD; a[<img src=x onerror={RUN}>]
```
    %%html
"""


def until(reached: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for the server."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.05)


def is_up(lab: Lab) -> bool:
    try:
        lab.get("/api")
    except (urllib.error.URLError, ConnectionError):
        return False
    return True


@contextlib.contextmanager
def formgrader(course: Path) -> Iterator[Lab]:
    """A Jupyter server in a course folder, without network."""
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'who-says-so'\n"
    )
    port = free_port()
    extensions = "{'nbgrader.server_extensions.formgrader': True, 'jupyterlab': False}"
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", f"--port={port}", "--port-retries=0"]
    command += [f"--ServerApp.root_dir={course}", f"--ServerApp.jpserver_extensions={extensions}"]
    command += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    home = course.parent / "home"
    home.mkdir()
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(
            command, env=offline_env(home), cwd=course, stdout=log, stderr=log, text=True
        )
        lab = Lab(process, f"http://localhost:{port}")
        try:
            until(lambda: process.poll() is not None or is_up(lab), 60)
            assert process.poll() is None, (home / "server.log").read_text()
            yield lab
        finally:
            process.terminate()
            process.wait(30)


class Desk:
    """A teacher's page, and whatever went on in it that should not."""

    def __init__(self, browser: Browser, lab: Lab) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.page: Page = self.context.new_page()
        self.lab, self.dialogs, self.strangers = lab, 0, list[str]()
        self.page.on("dialog", self._dialog)
        self.context.route(lambda url: urlsplit(url).netloc != urlsplit(lab.url).netloc, self._stranger)

    def _dialog(self, dialog) -> None:
        self.dialogs += 1
        dialog.dismiss()

    def _stranger(self, route) -> None:
        if urlsplit(route.request.url).scheme not in ("data", "blob"):
            self.strangers.append(urlsplit(route.request.url).netloc)
        route.abort()

    def open(self, path: str) -> None:
        self.page.goto(f"{self.lab.url}/formgrader/{path}?token={TOKEN}")

    def hacked(self) -> tuple[int, int, set[str]]:
        """How often an answer ran, how many dialogs opened, and which machines were asked."""
        return self.page.evaluate("window.hacked || 0"), self.dialogs, set(self.strangers) - MINE


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    source = folder / "source/set1/set1.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(json.dumps(notebook()), encoding="utf-8")
    return folder


def hand_out(course: Path, records: list[dict]) -> None:
    write(records, course / "gradebook.db", SETS)
    copies.write_copies(records, course, {"set1": notebook()})


def submission(course: Path, student: str) -> str:
    with Gradebook(f"sqlite:///{course}/gradebook.db", course_id="who-says-so") as book:
        return f"submissions/{book.find_submission_notebook('set1', 'set1', student).id}/"


def test_a_teacher_grades_in_formgrader_and_no_answer_runs_there(browser: Browser, course: Path) -> None:
    database = course / "gradebook.db"
    hostile = record("amy", text=HOSTILE, because=HOSTILE, name_of=f'Doe<img src=x onerror="{RUN}">, Amy<b>')
    hostile["sources"] |= {
        "set1-A": f"# </pre>{HOSTILE}",
        "set1-C1": "%%javascript\n" + RUN,
        "set1-N": HOSTILE,
    }
    records = [hostile, record("bo"), record("cy", text="")]
    hand_out(course, records)
    with formgrader(course) as lab:
        desk = Desk(browser, lab)
        page = desk.page
        desk.open("manage_assignments")
        expect(page.locator("tr", has_text="set1")).to_be_visible()
        desk.open("gradebook")
        expect(page.locator("tr", has_text="set1")).to_contain_text("/ 16")
        desk.open("gradebook/set1/set1")
        expect(page.locator("td.name")).to_have_count(3)
        expect(page.locator("td.needs-manual-grade .glyphicon-ok")).to_have_count(2)
        expect(page.locator("td.score").first).to_have_text("9.5 / 16")

        desk.open(submission(course, "amy"))
        score = page.locator("input[id='set1-D']")
        expect(score).to_have_class("score tabbable needs_manual_grade")
        shown = page.locator(".nbgrader_cell", has=score).locator(".rendered_html")
        assert "".join(shown.inner_text().split()) == "".join(HOSTILE.split())
        answers = page.locator(".nbgrader_cell .panel-body")
        assert answers.locator(MADE).count() == 0
        remark = "5.5 of 6 points, 1 of 2 right."
        expect(page.locator("[id='set1-A-comment']")).to_have_attribute("placeholder", remark)
        for answer in answers.all():
            answer.click()
        assert desk.hacked() == (0, 0, set())

        score.fill("3.5")
        comment = page.locator("[id='set1-D-comment']")
        comment.fill("Two sources, please.")
        page.locator("input[id='set1-C-test_extra_credit']").fill("1.5")
        comment.click()
        given = {
            ("amy", "set1", "set1-D"): Mark(3.5, None, "Two sources, please."),
            ("amy", "set1", "set1-C-test"): Mark(None, 1.5),
        }
        until(lambda: marks(database) == given)

        # The key was corrected and everything is graded anew, while formgrader is open.
        again = record("amy", a=6.0, text=HOSTILE, because=HOSTILE)
        again["sources"] = hostile["sources"]
        hand_out(course, [again, *records[1:]])
        assert marks(database) == given
        mark(database, "bo", "set1", "set1-D", 2)
        desk.open("gradebook/set1/set1")
        expect(page.locator("td.score", has_text="15 / 16")).to_have_count(1)
        expect(page.locator("td.score", has_text="11.5 / 16")).to_have_count(1)
        expect(page.locator("td.needs-manual-grade .glyphicon-ok")).to_have_count(0)
        desk.open(submission(course, "amy"))
        expect(score).to_have_value("3.5")
        expect(comment).to_have_value("Two sources, please.")

        # The same page without our care, to see that these traps do spring.
        raw = copies.made(hostile, notebook())
        for cell in raw["cells"]:
            cell["source"] = HOSTILE if cell["id"] == "set1-D" else cell["source"]
        path = course / "autograded/amy/set1/set1.ipynb"
        path.write_text(json.dumps(raw), encoding="utf-8")
        desk.open(submission(course, "amy"))
        for _ in range(100):  # one of the traps leads away from the page, so it is not asked
            if desk.dialogs and "evil.example" in desk.strangers:
                break
            page.wait_for_timeout(100)
        assert desk.dialogs
        assert "evil.example" in desk.strangers
        desk.context.close()
