"""Recurrences: one file each. A recurrence reads vectors one after the other, in one direction."""

from __future__ import annotations

from reread.nn.recurrences.base import Recurrence
from reread.registry import Registry

recurrences: Registry[type[Recurrence]] = Registry("recurrence", __name__)

__all__ = ["Recurrence", "recurrences"]
