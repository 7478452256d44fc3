"""Poolings: one file each. A pooling makes one vector of a text's states, however many windows they come in."""

from __future__ import annotations

from reread.nn.poolings.base import Pooling
from reread.registry import Registry

poolings: Registry[type[Pooling]] = Registry("pooling", __name__)

__all__ = ["Pooling", "poolings"]
