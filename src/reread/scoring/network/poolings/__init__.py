"""Poolings without torch: one file each. Poolings that are missing here are scored by ONNX Runtime."""

from __future__ import annotations

from reread.registry import Registry
from reread.scoring.network.poolings.base import Pooling

poolings: Registry[type[Pooling]] = Registry("pooling on the kernel", __name__)

__all__ = ["Pooling", "poolings"]
