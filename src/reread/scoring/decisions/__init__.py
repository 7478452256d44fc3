"""Decision rules, one file each: the probability above which a label, or the second of two classes, is given."""

from __future__ import annotations

from reread.registry import Registry
from reread.scoring.decisions.base import Candidates, Rule

rules: Registry[type[Rule]] = Registry("decision rule", __name__)

__all__ = ["Candidates", "Rule", "rules"]
