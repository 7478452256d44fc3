"""Poolings: one file each. A pooling turns a text's states into one vector, over any number of windows."""

from __future__ import annotations

from reread.nn.poolings.base import Pooling
from reread.registry import Registry

poolings: Registry[type[Pooling]] = Registry("pooling", __name__)

__all__ = ["Pooling", "poolings"]
