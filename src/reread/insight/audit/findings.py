"""What an audit found: plain objects that a table, a file or a page can show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One row, and what is the matter with it.

    Attributes:
        row: its number among all rows.
        detail: what exactly, in words.
        target: the name of the target that it is about; empty: of none.
        suggested: the label, list of labels or number that it should perhaps have.
        score: of a label: from 0, surely wrong, to 1, surely right.
        other: the row that it repeats.
    """

    row: int
    detail: str = ""
    target: str = ""
    suggested: Any = None
    score: float | None = None
    other: int | None = None


@dataclass(frozen=True)
class CheckResult:
    """What one check found in the rows.

    Attributes:
        findings: the rows, the most serious first if they differ in that.
        summary: the number in words, as it follows "data:"; empty if nothing was found.
        notes: whole sentences on what is found, or on what could not be looked at.
    """

    findings: Sequence[Finding] = ()
    summary: str = ""
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many rows were found."""
        return len(self.findings)
