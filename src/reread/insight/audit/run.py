"""All checks, one after the other."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reread.data.examples import Examples
from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.checks import Settings, checks
from reread.insight.audit.findings import Finding, Found

EXAMPLES = 5
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
        found: what each check found, by its name, in the order of their places.
        seconds: how long each took.
    """

    audited: AuditData
    found: Mapping[str, Found]
    seconds: Mapping[str, float]

    def sentence(self) -> str:
        """All findings in one line."""
        return ", ".join(found.said for found in self.found.values() if found.said)

    def rows(self, names: Iterable[str] | None = None) -> Iterator[dict[str, Any]]:
        """All findings as rows with `FIELDS`, check by check; of some checks, or of all."""
        for name in self.found if names is None else names:
            for finding in self.found[name].findings:
                yield self.row(name, finding)

    def row(self, name: str, finding: Finding) -> dict[str, Any]:
        """One finding with its place, its text and its label."""
        audited = self.audited
        values = dict(zip(("file", "line"), audited.place(finding.row), strict=True))
        if finding.other is not None:
            values |= dict(zip(("other_file", "other_line"), audited.place(finding.other), strict=True))
        found = {"finding": name, "detail": finding.detail, "suggested": finding.suggested, "score": finding.score}
        found |= {"text": audited.text(finding.row), "target": finding.target or None}
        return dict.fromkeys(FIELDS) | values | found | {"label": audited.label(finding.row, finding.target)}

    def to_config(self, examples: int = EXAMPLES) -> dict[str, Any]:
        """The audit as JSON can write it, with the first findings of each check."""
        return {
            "rows": len(self.audited),
            "files": self.audited.files,
            "findings": [self._summary(name, found, examples) for name, found in self.found.items()],
        }

    def _summary(self, name: str, found: Found, examples: int) -> dict[str, Any]:
        shown = [self.row(name, finding) for finding in found.findings[:examples]]
        return {
            "check": name,
            "title": checks.get(name).title,
            "rows": found.count,
            "said": found.said,
            "notes": list(found.notes),
            "seconds": round(self.seconds[name], 2),
            "examples": [row | {"text": row["text"][:SHOWN]} for row in shown],
        }


def audit(audited: AuditData, settings: Settings | None = None, names: Iterable[str] | None = None) -> Audit:
    """Look through rows for everything that may be wrong with them.

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
    found, seconds = dict[str, Found](), dict[str, float]()
    for name in in_order(checks if names is None else names):
        started, check = time.monotonic(), checks.get(name)()
        if check.applies(audited, settings):
            found[name] = check.find(audited, settings)
            seconds[name] = time.monotonic() - started
    return Audit(audited, found, seconds)


def cheap_audit(examples: Examples) -> Audit:
    """What every training can afford to look for in its rows: seconds for 25,000 reviews, no model, no extra."""
    return audit(AuditData([examples]), names=[name for name in checks if checks.get(name).cheap])


def in_order(names: Iterable[str]) -> list[str]:
    """Checks as they follow each other."""
    return sorted(names, key=lambda name: checks.get(name).place)
