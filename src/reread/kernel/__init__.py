"""The compiled kernel: C source, loader, functions on NumPy arrays. Without it torch and Python are used."""

from __future__ import annotations

from reread.kernel.library import Library, available, load

__all__ = ["Library", "available", "load"]
