"""What stands behind a rule's name."""

from __future__ import annotations

import math


def to_number(text: str) -> float:
    """The number that a text spells; NaN where it spells none."""
    try:
        return float(text)
    except ValueError:
        return math.nan
