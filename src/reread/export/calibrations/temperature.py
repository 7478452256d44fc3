"""Scores divided by one number."""

from __future__ import annotations

from reread.export.calibrations import exported
from reread.export.links import Link
from reread.nn.graph import Graph, Value
from reread.scoring.calibration.temperature import Temperature


@exported.register(Temperature.name)
def export_temperature(graph: Graph, calibration: Temperature, link: Link, scores: Value) -> Value:
    """See `export_calibration`."""
    del link
    return graph.add("Div", scores, calibration.temperature)
