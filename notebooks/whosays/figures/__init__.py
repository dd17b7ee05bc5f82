"""Charts: tables in, ``go.Figure`` out, and the same numbers as a table beside each."""

from whosays.figures.look import (
    COLOURS,
    CONFIG,
    MIME,
    Figure,
    alt_text,
    base_figure,
    caption,
    colour,
    figure_table,
    mime_bundle,
    theme_css,
)
from whosays.figures.strip import ladder_strip

__all__ = [
    "COLOURS",
    "CONFIG",
    "MIME",
    "Figure",
    "alt_text",
    "base_figure",
    "caption",
    "colour",
    "figure_table",
    "ladder_strip",
    "mime_bundle",
    "theme_css",
]
