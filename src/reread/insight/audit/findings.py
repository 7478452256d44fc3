"""What an audit found: plain objects that a table, a file or a page can show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
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
        rows: how many rows were found, if not all of them are among the findings.
    """

    findings: Sequence[Finding] = ()
    summary: str = ""
    notes: tuple[str, ...] = ()
    rows: int | None = None

    @property
    def count(self) -> int:
        """How many rows were found."""
        return len(self.findings) if self.rows is None else self.rows


def row_by_row(problems: Iterable[Sequence[str]], most: int | None) -> tuple[list[Finding], Counter[str], int]:
    """What is the matter with each row, in bounded memory where ``most`` says so.

    Args:
        problems: of each row, in order; none if nothing is the matter with it.
        most: findings to keep, the first ones; None: all.

    Returns:
        The findings, how many rows have each problem (what stands before a colon), and how many have any.
    """
    findings, kinds, rows = list[Finding](), Counter[str](), 0
    for row, names in enumerate(problems):
        if names:
            rows += 1
            kinds.update(name.partition(":")[0] for name in names)
            if most is None or len(findings) < most:
                findings.append(Finding(row=row, detail=", ".join(names)))
    return findings, kinds, rows
