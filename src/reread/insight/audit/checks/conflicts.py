"""Equal texts with different labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from reread.data.blocks import codes_of
from reread.insight.audit.audit_data import AuditData, Ints
from reread.insight.audit.checks import checks
from reread.insight.audit.checks.base import Check
from reread.insight.audit.findings import CheckResult, Finding
from reread.insight.audit.settings import Settings
from reread.typing import override
from reread.wording import number_of


@checks.register("conflicts")
class Conflicts(Check):
    """Rows with the same text, except for case and spacing, but another label; the most common one is suggested."""

    title = "the same text with another label"
    place = 3

    @override
    def applies(self, audited: AuditData, settings: Settings) -> bool:
        return bool(audited.targets)

    @override
    def find(self, audited: AuditData, settings: Settings) -> CheckResult:
        findings = list[Finding]()
        for target in audited.targets:
            rows, values = audited.target(target)
            for same in _torn(audited.text_numbers[rows], codes_of(values)):
                findings += _findings(target, rows[same].tolist(), [values[place] for place in same])
        texts = len({int(audited.text_numbers[finding.row]) for finding in findings})
        return CheckResult(findings, f"{number_of(texts, 'text has', 'texts have')} different labels" if texts else "")


def _torn(texts: Ints, codes: Ints) -> Iterator[Ints]:
    """The places of each text that has several codes, in the order of the texts' first places."""
    several = np.flatnonzero(np.bincount(texts)[texts] > 1)
    order = several[np.argsort(texts[several], kind="stable")]
    groups = np.split(order, np.flatnonzero(np.diff(texts[order])) + 1)
    yield from sorted((group for group in groups if len(group) and np.ptp(codes[group])), key=lambda group: group[0])


def _findings(target: str, rows: Sequence[int], values: Sequence[Any]) -> Iterator[Finding]:
    """A finding for each row of a text, with the first row that has another label."""
    codes = codes_of(values).tolist()
    [(most, times)] = Counter(codes).most_common(1)
    suggested = values[codes.index(most)] if 2 * times > len(rows) else None
    first_other = next(row for row, code in zip(rows, codes, strict=True) if code != codes[0])
    for row, code in zip(rows, codes, strict=True):
        other = first_other if code == codes[0] else rows[0]
        yield Finding(row=row, target=target, other=other, suggested=None if code == most else suggested)
