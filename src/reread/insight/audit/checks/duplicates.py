"""Texts that stand several times in one file."""

from __future__ import annotations

import numpy as np

from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.checks import checks
from reread.insight.audit.checks.base import Check
from reread.insight.audit.findings import Finding, Found
from reread.insight.audit.settings import Settings
from reread.typing import override
from reread.wording import number_of


@checks.register("duplicates")
class Duplicates(Check):
    """Rows whose text stands earlier in their file, but for case and spacing."""

    title = "the same text again in a file"
    place = 2

    @override
    def find(self, audited: AuditData, settings: Settings) -> Found:
        texts_of_files = audited.text_numbers * len(audited.files) + audited.file_numbers
        first, inverse = np.unique(texts_of_files, return_index=True, return_inverse=True)[1:]
        earlier = first[inverse.reshape(-1)]
        rows = np.flatnonzero(earlier != np.arange(len(audited)))
        texts = len(np.unique(audited.text_numbers[rows]))
        said = f"{number_of(texts, 'text stands', 'texts stand')} more than once" if texts else ""
        return Found([Finding(row=row, other=int(earlier[row])) for row in rows.tolist()], said)
