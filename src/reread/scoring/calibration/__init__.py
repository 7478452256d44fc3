"""Raw scores → raw scores whose probabilities hold: one file a method, learned on rows held out."""

from __future__ import annotations

from reread.registry import Registry
from reread.scoring.calibration.base import Calibration

DEFAULT = "temperature"
NONE = "none"

calibrations: Registry[type[Calibration]] = Registry("calibration", __name__)

__all__ = ["DEFAULT", "NONE", "Calibration", "calibrations"]
