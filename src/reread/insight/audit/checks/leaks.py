"""Texts that occur in several files."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.checks import checks
from reread.insight.audit.checks.base import Check
from reread.insight.audit.findings import CheckResult, Finding
from reread.insight.audit.settings import Settings
from reread.typing import override
from reread.wording import number_of


@checks.register("leaks")
class Leaks(Check):
    """Texts that occur in an earlier file too, except for case and spacing: a test on one sees texts of the other."""

    title = "a text of another file"
    place = 4

    @override
    def applies(self, audited: AuditData, settings: Settings) -> bool:
        return len(audited.files) > 1

    @override
    def find(self, audited: AuditData, settings: Settings) -> CheckResult:
        texts, files = audited.text_numbers, audited.file_numbers
        first_of_file = np.sort(np.unique(texts * len(audited.files) + files, return_index=True)[1])
        first = np.unique(texts, return_index=True)[1][texts[first_of_file]]
        shared = first != first_of_file
        findings = [
            Finding(row=row, other=other)
            for row, other in zip(first_of_file[shared].tolist(), first[shared].tolist(), strict=True)
        ]
        summary = f"{number_of(len(np.unique(first[shared])), 'text occurs', 'texts occur')} in more than one file"
        return CheckResult(findings, summary if findings else "", tuple(_notes(audited)))


def _notes(audited: AuditData) -> list[str]:
    """How many texts any two files share."""
    texts_of_file = [
        np.unique(audited.text_numbers[audited.file_numbers == number]) for number in range(len(audited.files))
    ]
    shared = {
        (first, second): len(np.intersect1d(texts_of_file[first], texts_of_file[second], assume_unique=True))
        for first, second in combinations(range(len(texts_of_file)), 2)
    }
    return [
        f"{audited.files[first]} and {audited.files[second]} share {number_of(count, 'text')}"
        for (first, second), count in shared.items()
        if count
    ]
