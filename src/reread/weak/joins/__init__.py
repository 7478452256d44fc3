"""How votes become probabilities: one file each."""

from __future__ import annotations

from reread.registry import Registry
from reread.weak.joins.base import Join, Joined

joins: Registry[type[Join]] = Registry("way to join votes", __name__)

__all__ = ["Join", "Joined", "joins"]
