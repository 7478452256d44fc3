"""Rows that nothing can be learned from."""

from __future__ import annotations

from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.checks import checks
from reread.insight.audit.checks.base import Check
from reread.insight.audit.findings import Finding, Found
from reread.insight.audit.settings import Settings
from reread.typing import override
from reread.wording import number_of


@checks.register("unusable")
class Unusable(Check):
    """Rows that cannot be read, or whose text or label is missing or is none; the other checks do not see them."""

    title = "no text, no label, or not to be read"
    place = 1

    @override
    def find(self, audited: AuditData, settings: Settings) -> Found:
        findings = [
            Finding(row=row, detail=bad.problem) for row, bad in enumerate(audited.unusable, start=len(audited))
        ]
        return Found(findings, f"{number_of(len(findings), 'row')} cannot be used" if findings else "")
