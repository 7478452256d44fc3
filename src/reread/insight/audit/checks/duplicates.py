"""Texts that occur several times in one file."""

from __future__ import annotations

import numpy as np

from reread.data.blocks import first_places
from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.checks import checks
from reread.insight.audit.checks.base import Check
from reread.insight.audit.findings import CheckResult, Finding
from reread.insight.audit.settings import Settings
from reread.typing import override
from reread.wording import number_of


@checks.register("duplicates")
class Duplicates(Check):
    """Rows whose text occurs earlier in their file, except for case and spacing."""

    title = "the same text again in a file"
    place = 2

    @override
    def find(self, audited: AuditData, settings: Settings) -> CheckResult:
        ends = [*audited.starts[1:].tolist(), len(audited)]
        earlier = np.concatenate(
            [
                start + first_places(audited.text_numbers[start:end])
                for start, end in zip(audited.starts.tolist(), ends, strict=True)
            ]
        )
        rows = np.flatnonzero(earlier != np.arange(len(audited)))
        texts = len(np.unique(audited.text_numbers[rows]))
        summary = f"{number_of(texts, 'text occurs', 'texts occur')} more than once" if texts else ""
        kept = rows[: settings.most].tolist()
        return CheckResult([Finding(row=row, other=int(earlier[row])) for row in kept], summary, rows=len(rows))
