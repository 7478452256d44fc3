"""The compiled kernel: its C source, its loader, and its functions on NumPy arrays. Optional: without it torch and Python do the same, slower."""

from __future__ import annotations

from reread.kernel.library import Library, available, load

__all__ = ["Library", "available", "load"]
