"""Which chance is enough to give a label, or the second of two classes: one file a rule, learned on rows held out."""

from __future__ import annotations

from reread.registry import Registry
from reread.scoring.decisions.base import Candidates, Rule

rules: Registry[type[Rule]] = Registry("decision rule", __name__)

__all__ = ["Candidates", "Rule", "rules"]
