"""Exercises: sets of questions, their self-check and their scoring. Grading runs on the same."""

from whosays.exercises.desk import check, hint, points, solution

__all__ = ["check", "hint", "points", "solution"]
