"""All checks, one after the other."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reread.data.examples import Examples
from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.checks import Settings, checks
from reread.insight.audit.findings import CheckResult, Finding

EXAMPLES = 5
MOST = 1000  # findings that a training keeps of a check, to show some: with many rows all would take much memory
SHOWN = 200  # characters of an example's text
FIELDS = (
    "file",
    "line",
    "finding",
    "detail",
    "text",
    "target",
    "label",
    "suggested",
    "score",
    "other_file",
    "other_line",
)


@dataclass(frozen=True)
class Audit:
    """What was found in some rows.

    Attributes:
        audited: the rows.
        results: what each check found, by its name, in the order of their places.
        seconds: how long each took.
    """

    audited: AuditData
    results: Mapping[str, CheckResult]
    seconds: Mapping[str, float]

    def sentence(self) -> str:
        """All findings in one line."""
        return ", ".join(result.summary for result in self.results.values() if result.summary)

    def rows(self, names: Iterable[str] | None = None) -> Iterator[dict[str, Any]]:
        """All findings as rows with `FIELDS`, check by check; of some checks, or of all."""
        for name in self.results if names is None else names:
            for finding in self.results[name].findings:
                yield self.row(name, finding)

    def row(self, name: str, finding: Finding) -> dict[str, Any]:
        """One finding with its place, its text and its label."""
        audited = self.audited
        values = dict(zip(("file", "line"), audited.place(finding.row), strict=True))
        if finding.other is not None:
            values |= dict(zip(("other_file", "other_line"), audited.place(finding.other), strict=True))
        result = {"finding": name, "detail": finding.detail, "suggested": finding.suggested, "score": finding.score}
        result |= {"text": audited.text(finding.row), "target": finding.target or None}
        return dict.fromkeys(FIELDS) | values | result | {"label": audited.label(finding.row, finding.target)}

    def to_config(self, examples: int = EXAMPLES) -> dict[str, Any]:
        """The audit as JSON can write it, with the first findings of each check."""
        return {
            "rows": len(self.audited),
            "files": self.audited.files,
            "findings": [self._summary(name, result, examples) for name, result in self.results.items()],
        }

    def _summary(self, name: str, result: CheckResult, examples: int) -> dict[str, Any]:
        shown = [self.row(name, finding) for finding in result.findings[:examples]]
        return {
            "check": name,
            "title": checks.get(name).title,
            "rows": result.count,
            "said": result.summary,
            "notes": list(result.notes),
            "seconds": round(self.seconds[name], 2),
            "examples": [row | {"text": row["text"][:SHOWN]} for row in shown],
        }


def audit(audited: AuditData, settings: Settings | None = None, names: Iterable[str] | None = None) -> Audit:
    """Check rows for problems.

    Args:
        audited: the rows.
        settings: how.
        names: of the checks; None: all.

    Raises:
        ConfigError: a check that does not exist.
        DataError: rows that a check cannot work with.
        MissingExtraError: a library that a check needs is not installed.
    """
    settings = settings or Settings()
    results, seconds = dict[str, CheckResult](), dict[str, float]()
    for name in in_order(checks if names is None else names):
        started, check = time.monotonic(), checks.get(name)()
        if check.applies(audited, settings):
            results[name] = check.find(audited, settings)
            seconds[name] = time.monotonic() - started
    return Audit(audited, results, seconds)


def cheap_audit(examples: Examples) -> Audit:
    """The checks that every training can afford: seconds for 25,000 reviews, no model, no extra."""
    names = [name for name in checks if checks.get(name).cheap]
    return audit(AuditData([examples]), Settings(most=MOST), names=names)


def in_order(names: Iterable[str]) -> list[str]:
    """The names of checks in the order of their places."""
    return sorted(names, key=lambda name: checks.get(name).place)
