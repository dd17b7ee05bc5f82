"""Charts: tables in, ``go.Figure`` out, and the same numbers as a table beside each."""

from whosays.figures.calibration import calibration_plot
from whosays.figures.claim_rungs import claim_rungs
from whosays.figures.dated_figures import dated_figures
from whosays.figures.dots_map import click_grid, dots_map
from whosays.figures.heat_map import heat_map
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
    show,
    theme_css,
)
from whosays.figures.maps import base_map
from whosays.figures.members_map import apply_update, members_map, members_update
from whosays.figures.microphone import microphone
from whosays.figures.network import support_network
from whosays.figures.place_map import place_map
from whosays.figures.presence import presence_grid
from whosays.figures.strip import ladder_strip
from whosays.figures.timeline_map import timeline_map
from whosays.figures.trace import trace_tree
from whosays.figures.verb_scale import verb_scale

__all__ = [
    "COLOURS",
    "CONFIG",
    "MIME",
    "Figure",
    "alt_text",
    "apply_update",
    "base_figure",
    "base_map",
    "calibration_plot",
    "caption",
    "claim_rungs",
    "click_grid",
    "colour",
    "dated_figures",
    "dots_map",
    "figure_table",
    "heat_map",
    "ladder_strip",
    "members_map",
    "members_update",
    "microphone",
    "mime_bundle",
    "place_map",
    "presence_grid",
    "show",
    "support_network",
    "theme_css",
    "timeline_map",
    "trace_tree",
    "verb_scale",
]
