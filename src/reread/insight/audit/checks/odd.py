"""Texts that are unlike the rest."""

from __future__ import annotations

from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.checks import checks
from reread.insight.audit.checks.base import Check
from reread.insight.audit.findings import CheckResult, row_by_row
from reread.insight.audit.settings import Settings
from reread.insight.audit.usual import Usual
from reread.typing import override
from reread.wording import number_of


@checks.register("odd")
class Odd(Check):
    """Texts that are much longer or shorter than the others, without a letter, or in another script or language."""

    title = "unlike the other texts"
    place = 6

    @override
    def find(self, audited: AuditData, settings: Settings) -> CheckResult:
        usual = Usual.of(audited.texts)
        findings, kinds, rows = row_by_row(map(usual.oddities, audited.texts), settings.most)
        summary = f"{number_of(rows, 'text is', 'texts are')} unlike the others" if rows else ""
        notes = tuple(f"{kind}: {number_of(count, 'text')}" for kind, count in kinds.most_common())
        return CheckResult(findings, summary, notes, rows)
