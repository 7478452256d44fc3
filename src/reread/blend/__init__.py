"""Models beside the network: the n-gram linear baseline, and weighted averages of models."""

from __future__ import annotations

from reread.blend.average import Blend, blend

__all__ = ["Blend", "blend"]
