"""Rows that nothing can be learned from."""

from __future__ import annotations

from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.checks import checks
from reread.insight.audit.checks.base import Check
from reread.insight.audit.findings import CheckResult, Finding
from reread.insight.audit.settings import Settings
from reread.typing import override
from reread.wording import number_of


@checks.register("unusable")
class Unusable(Check):
    """Rows that cannot be read, or have no valid text or label; the other checks skip them."""

    title = "no text, no label, or unreadable"
    place = 1

    @override
    def find(self, audited: AuditData, settings: Settings) -> CheckResult:
        findings = [
            Finding(row=row, detail=bad.problem) for row, bad in enumerate(audited.unusable, start=len(audited))
        ]
        return CheckResult(findings, f"{number_of(len(findings), 'row')} cannot be used" if findings else "")
