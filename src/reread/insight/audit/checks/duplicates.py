"""Texts that occur several times in one file."""

from __future__ import annotations

import numpy as np

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
        texts_of_files = audited.text_numbers * len(audited.files) + audited.file_numbers
        first, inverse = np.unique(texts_of_files, return_index=True, return_inverse=True)[1:]
        earlier = first[inverse.reshape(-1)]
        rows = np.flatnonzero(earlier != np.arange(len(audited)))
        texts = len(np.unique(audited.text_numbers[rows]))
        summary = f"{number_of(texts, 'text occurs', 'texts occur')} more than once" if texts else ""
        return CheckResult([Finding(row=row, other=int(earlier[row])) for row in rows.tolist()], summary)
