"""What a linear model counts: n-grams of words, n-grams of the characters of words. One file a kind."""

from __future__ import annotations

from reread.baseline.grams.base import Grams
from reread.registry import Registry

grams: Registry[type[Grams]] = Registry("kind of n-grams", __name__)

__all__ = ["Grams", "grams"]
