"""Scores as they are."""

from __future__ import annotations

from reread.export.calibrations import exported
from reread.export.links import Link
from reread.nn.graph import Graph, Value
from reread.scoring.calibration import NONE, Calibration


@exported.register(NONE)
def export_none(graph: Graph, calibration: Calibration, link: Link, scores: Value) -> Value:
    """See `export_calibration`."""
    del graph, calibration, link
    return scores
