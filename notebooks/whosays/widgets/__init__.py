"""Widgets: one a module, each a Python file with its ES module and style sheet beside it."""
