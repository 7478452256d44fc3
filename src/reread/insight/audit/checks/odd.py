"""Texts that are unlike the rest."""

from __future__ import annotations

from collections import Counter

from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.checks import checks
from reread.insight.audit.checks.base import Check
from reread.insight.audit.findings import CheckResult, Finding
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
        oddities_of_rows = [(row, usual.oddities(text)) for row, text in enumerate(audited.texts)]
        findings = [Finding(row=row, detail=", ".join(oddities)) for row, oddities in oddities_of_rows if oddities]
        kinds = Counter(oddity.partition(":")[0] for _, oddities in oddities_of_rows for oddity in oddities)
        summary = f"{number_of(len(findings), 'text is', 'texts are')} unlike the others" if findings else ""
        return CheckResult(
            findings, summary, tuple(f"{kind}: {number_of(count, 'text')}" for kind, count in kinds.most_common())
        )
