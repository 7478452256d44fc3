"""Characters that an encoding or a web page has left behind."""

from __future__ import annotations

from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.checks import checks
from reread.insight.audit.checks.base import Check
from reread.insight.audit.damage import damage_in
from reread.insight.audit.findings import CheckResult, row_by_row
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
        findings, kinds, rows = row_by_row(map(damage_in, audited.texts), settings.most)
        summary = f"{number_of(rows, 'text has', 'texts have')} broken characters or HTML" if rows else ""
        notes = tuple(f"{kind}: {number_of(count, 'text')}" for kind, count in kinds.most_common())
        return CheckResult(findings, summary, notes, rows)
