"""The kinds of rules: one file each, registered under the setting that asks for it."""

from __future__ import annotations

from reread.registry import Registry
from reread.weak.kinds.base import Chunk, Kind, Place, Problem, Vote, Voter

kinds: Registry[type[Kind]] = Registry("kind of rule", __name__)

__all__ = ["Chunk", "Kind", "Place", "Problem", "Vote", "Voter", "kinds"]
