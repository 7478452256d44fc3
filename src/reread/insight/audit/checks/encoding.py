"""Characters that an encoding or a web page has left behind."""

from __future__ import annotations

from collections import Counter

from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.checks import checks
from reread.insight.audit.checks.base import Check
from reread.insight.audit.damage import damage_in
from reread.insight.audit.findings import CheckResult, Finding
from reread.insight.audit.settings import Settings
from reread.typing import override
from reread.wording import number_of


@checks.register("encoding")
class Encoding(Check):
    """Texts with replacement or control characters, UTF-8 that was encoded twice, or tags and entities of HTML."""

    title = "broken characters, or HTML"
    place = 5

    @override
    def find(self, audited: AuditData, settings: Settings) -> CheckResult:
        damage = [(row, damage_in(text)) for row, text in enumerate(audited.texts)]
        findings = [Finding(row=row, detail=", ".join(kinds)) for row, kinds in damage if kinds]
        kinds = Counter(kind for _, kinds in damage for kind in kinds)
        summary = f"{number_of(len(findings), 'text has', 'texts have')} broken characters or HTML" if findings else ""
        return CheckResult(
            findings, summary, tuple(f"{kind}: {number_of(count, 'text')}" for kind, count in kinds.most_common())
        )
