"""Scores divided by one number."""

from __future__ import annotations

from reread.export.calibrations import exported
from reread.nn.graph import Graph, Value
from reread.scoring.calibration.temperature import Temperature


@exported.register(Temperature.name)
def export_temperature(graph: Graph, calibration: Temperature, scores: Value) -> Value:
    """See `export_calibration`."""
    return graph.add("Div", scores, calibration.temperature)
