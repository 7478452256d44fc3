"""Texts that are nearly equal."""

from __future__ import annotations

import numpy as np

from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.checks import checks
from reread.insight.audit.checks.base import Check
from reread.insight.audit.findings import CheckResult, Finding
from reread.insight.audit.settings import Settings
from reread.insight.audit.similar import near_duplicates
from reread.typing import override
from reread.wording import number_of


@checks.register("near_duplicates")
class NearDuplicates(Check):
    """Texts that share most of their word triples with an earlier one, of another file if there is one.

    Of equal texts, only the first is compared.
    """

    title = "nearly the same text"
    place = 7
    cheap = False

    @override
    def find(self, audited: AuditData, settings: Settings) -> CheckResult:
        rows = np.sort(np.unique(audited.text_numbers, return_index=True)[1])
        files = audited.file_numbers[rows]
        pairs = near_duplicates(audited.texts, rows, settings.similarity, files=files, seed=settings.seed)
        findings = [Finding(row=pair.row, other=pair.other, detail=f"{pair.similarity:.0%} alike") for pair in pairs]
        across = sum(audited.file_numbers[pair.row] != audited.file_numbers[pair.other] for pair in pairs)
        note = f"{number_of(across, 'text is', 'texts are')} nearly one of another file"
        summary = f"{number_of(len(findings), 'text is', 'texts are')} nearly the same as another" if findings else ""
        return CheckResult(findings, summary, (note,) if across else ())
