"""What every check promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.findings import CheckResult
from reread.insight.audit.settings import Settings


class Check(ABC):
    """Looks through the rows for one kind of problem.

    Attributes:
        title: the problem, as tables and reports name it.
        place: its place among the checks.
        cheap: whether it needs neither a model nor an extra, so that every training can afford it.
    """

    title: ClassVar[str]
    place: ClassVar[int]
    cheap: ClassVar[bool] = True

    def applies(self, audited: AuditData, settings: Settings) -> bool:  # noqa: ARG002  # what most checks need is there
        """Whether there is anything to look for."""
        return True

    @abstractmethod
    def find(self, audited: AuditData, settings: Settings) -> CheckResult:
        """Look through all rows.

        Raises:
            MissingExtraError: a library that the check needs is not installed.
        """
