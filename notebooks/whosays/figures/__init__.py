"""Charts: tables in, ``go.Figure`` out, and the same numbers as a table beside each."""

from whosays.figures.calibration import calibration_plot
from whosays.figures.claim_rungs import claim_rungs
from whosays.figures.dated_figures import dated_figures
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
from whosays.figures.presence import presence_grid
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
    "claim_rungs",
    "colour",
    "dated_figures",
    "figure_table",
    "ladder_strip",
    "microphone",
    "mime_bundle",
    "presence_grid",
    "theme_css",
    "verb_scale",
]
