"""Calibrations as ONNX operators, one file a kind, under the names that `reread.scoring.calibration` has for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from reread.errors import ExportError
from reread.export.links import Link
from reread.nn.graph import Graph, Value
from reread.registry import Registry
from reread.scoring.calibration import Calibration

Exported: TypeAlias = Callable[[Graph, Any, Link, Value], Value]
"""As `export_calibration`, of a calibration with its name."""

exported: Registry[Exported] = Registry("calibration in ONNX", __name__)


def export_calibration(graph: Graph, calibration: Calibration, link: Link, scores: Value) -> Value:
    """Add the operators from raw scores (batch, size) to calibrated ones (batch, size).

    Args:
        graph: gets the operators.
        calibration: raw scores → calibrated scores.
        link: of the task whose scores they are.
        scores: the raw ones.

    Raises:
        ExportError: the calibration cannot be written as ONNX.
    """
    if calibration.name not in exported.names():
        known = ", ".join(exported.names())
        raise ExportError(f"the calibration {calibration.name} cannot be written as ONNX; those that can: {known}")
    return exported.get(calibration.name)(graph, calibration, link, scores)


__all__ = ["Exported", "export_calibration", "exported"]
