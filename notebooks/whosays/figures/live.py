"""What a page needs to change a chart where it stands: the least that turns one figure into the next."""

from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go

Drawn = dict[str, Any]


def drawn(figure: go.Figure) -> Drawn:
    """A figure as plain data: ``data`` and ``layout`` as plotly draws them."""
    made: Drawn = json.loads(figure.to_json())
    made["layout"].pop("meta", None)  # words for the page around the chart
    return {"data": made["data"], "layout": made["layout"]}


def changes(old: Drawn, new: Drawn) -> Drawn:
    """What turns ``old`` into ``new``: nothing, some keys of some traces and of the layout, or all of it.

    ``{"traces": {number: {key: value}}, "layout": {key: value}}`` where both have the same kinds of traces,
    else ``{"data": …, "layout": …}``. A key that is gone has the value None.
    """
    if old is new:
        return {}
    if not old or [t["type"] for t in old["data"]] != [t["type"] for t in new["data"]]:
        return new
    pairs = enumerate(zip(old["data"], new["data"], strict=True))
    traces = {n: changed for n, (before, after) in pairs if (changed := _changed(before, after))}
    layout = _changed(old["layout"], new["layout"])
    return {"traces": traces, "layout": layout} if traces or layout else {}


def amended(old: Drawn, update: Drawn) -> Drawn:
    """A figure as plain data with ``update`` written into it: properties by the name of a trace, a title."""
    data = [_merged(trace, update.get(trace.get("name", ""), {})) for trace in old["data"]]
    title = _merged(old["layout"].get("title", {}), update.get("layout", {}).get("title", {}))
    return {"data": data, "layout": old["layout"] | {"title": title}}


def _merged(old: Drawn, new: Drawn) -> Drawn:
    return old | {k: old[k] | v if isinstance(v, dict) and k in old else v for k, v in new.items()}


def _changed(old: Drawn, new: Drawn) -> Drawn:
    return {key: new.get(key) for key in {**old, **new} if old.get(key) != new.get(key)}
