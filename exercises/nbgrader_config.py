"""The course as nbgrader sees it. Run nbgrader in this folder; ``whosays start`` reads this file, too."""

from pathlib import Path

c = get_config()  # noqa: F821  nbgrader gives it

c.CourseDirectory.root = str(Path(__file__).parent)
c.CourseDirectory.course_id = "who-says-so"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "__pycache__", "*.pyc", ".DS_Store"]
c.ClearSolutions.code_stub = {"python": "# Fill this cell in, then run it."}
c.ClearSolutions.text_stub = "Write your answer here, in place of this line."
c.IncludeHeaderFooter.header = ""
