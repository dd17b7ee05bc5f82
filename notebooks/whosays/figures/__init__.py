"""Charts: tables in, ``go.Figure`` out, and the same numbers as a table beside each."""

from whosays.figures.calibration import calibration_plot
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
from whosays.figures.microphone import microphone
from whosays.figures.strip import ladder_strip
from whosays.figures.verb_scale import verb_scale

__all__ = [
    "COLOURS",
    "CONFIG",
    "MIME",
    "Figure",
    "alt_text",
    "base_figure",
    "calibration_plot",
    "caption",
    "colour",
    "figure_table",
    "ladder_strip",
    "microphone",
    "mime_bundle",
    "theme_css",
    "verb_scale",
]
