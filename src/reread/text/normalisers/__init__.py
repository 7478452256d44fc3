"""Normalisers: one file each. A normaliser replaces characters in place, so spans stay valid."""

from __future__ import annotations

from reread.registry import Registry
from reread.text.normalisers.base import Normaliser

normalisers: Registry[type[Normaliser]] = Registry("normaliser", __name__)

__all__ = ["Normaliser", "normalisers"]
