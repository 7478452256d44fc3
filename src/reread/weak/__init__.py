"""Weak supervision: rules that vote, and may err, become labels with probabilities.

`rules.py` has the rules and their votes, `kinds/` a file for each way to vote, `joins/` one for each way to join votes,
`refining.py` what a model adds that learns from them (`linear_student.py`), `reading.py` the files of rules,
`summary.py` the figures, `labelling.py` all of it for a list of texts.
"""

from __future__ import annotations

from reread.weak.labelling import WeakLabels, label
from reread.weak.reading import read_rules
from reread.weak.rules import Rule, Rules

__all__ = ["Rule", "Rules", "WeakLabels", "label", "read_rules"]
