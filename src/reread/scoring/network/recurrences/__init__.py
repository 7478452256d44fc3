"""Recurrences without torch: one file each. A recurrence that has none here is scored by ONNX Runtime."""

from __future__ import annotations

from reread.registry import Registry
from reread.scoring.network.recurrences.base import Direction

directions: Registry[type[Direction]] = Registry("recurrence on the kernel", __name__)

__all__ = ["Direction", "directions"]
