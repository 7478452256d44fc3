"""Calibration methods, one file each: raw scores → calibrated raw scores, learned on validation rows."""

from __future__ import annotations

from reread.registry import Registry
from reread.scoring.calibration.base import Calibration

DEFAULT = "temperature"
NONE = "none"

calibrations: Registry[type[Calibration]] = Registry("calibration", __name__)

__all__ = ["DEFAULT", "NONE", "Calibration", "calibrations"]
