"""A rising curve for each score."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reread.export.calibrations import exported
from reread.export.links import Link
from reread.nn.graph import DOUBLE, FLOAT, Graph, Value
from reread.scoring.calibration.isotonic import Isotonic


@exported.register(Isotonic.name)
def export_isotonic(graph: Graph, calibration: Isotonic, link: Link, scores: Value) -> Value:
    """See `export_calibration`. In double precision: the curves can be steep."""
    places = graph.add("Unsqueeze", link.log_odds(graph, graph.add("Cast", scores, to=DOUBLE)), [2])
    starts, widths, slopes = _pieces(calibration)
    inside = graph.add("Min", graph.add("Max", graph.add("Sub", places, starts), np.array(0.0)), widths)
    risen = graph.add("ReduceSum", graph.add("Mul", inside, slopes), [2], keepdims=0)
    chances = graph.add("Add", risen, np.array([curve.chances[0] for curve in calibration.curves]))
    rest = graph.add("Sub", np.array(1.0), chances)
    log_odds = graph.add("Sub", graph.add("Log", chances), graph.add("Log", rest))
    return graph.add("Cast", link.from_log_odds(graph, log_odds), to=FLOAT)


def _pieces(calibration: Isotonic) -> NDArray[np.float64]:
    """Where each straight piece of each curve begins, how wide it is, and how steep, (3, curves, most pieces)."""
    most = max(1, *(len(curve.chances) - 1 for curve in calibration.curves))
    pieces = np.zeros((3, len(calibration.curves), most))
    for k, (log_odds, chances) in enumerate(calibration.curves):
        widths = np.diff(log_odds)
        pieces[:, k, : len(widths)] = log_odds[:-1], widths, np.diff(chances) / widths
    return pieces
