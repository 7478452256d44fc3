"""Texts that are unlike the rest."""

from __future__ import annotations

from collections import Counter

from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.checks import checks
from reread.insight.audit.checks.base import Check
from reread.insight.audit.findings import Finding, Found
from reread.insight.audit.settings import Settings
from reread.insight.audit.usual import Usual
from reread.typing import override
from reread.wording import number_of


@checks.register("odd")
class Odd(Check):
    """Texts that are very long or very short beside the others, hold no letter, or are of another script or language."""

    title = "unlike the other texts"
    place = 6

    @override
    def find(self, audited: AuditData, settings: Settings) -> Found:
        usual = Usual.of(audited.texts)
        found = [(row, usual.oddities(text)) for row, text in enumerate(audited.texts)]
        findings = [Finding(row=row, detail=", ".join(oddities)) for row, oddities in found if oddities]
        kinds = Counter(oddity.partition(":")[0] for _, oddities in found for oddity in oddities)
        said = f"{number_of(len(findings), 'text is', 'texts are')} unlike the others" if findings else ""
        return Found(
            findings, said, tuple(f"{kind}: {number_of(count, 'text')}" for kind, count in kinds.most_common())
        )
