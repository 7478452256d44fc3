"""Recurrences without torch: one file each. Recurrences that are missing here are scored by ONNX Runtime."""

from __future__ import annotations

from reread.registry import Registry
from reread.scoring.network.recurrences.base import Direction

directions: Registry[type[Direction]] = Registry("recurrence on the kernel", __name__)

__all__ = ["Direction", "directions"]
