"""Table formats: one file each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from reread.lab.experiments.summary import Summary
from reread.registry import Registry


class TableFormat(ABC):
    """How a summary is written as text.

    Attributes:
        suffix: of its files.
    """

    suffix: ClassVar[str]

    @abstractmethod
    def render(self, summary: Summary, title: str) -> str:
        """The whole text, ending with a new line. No name or title in it can break the format."""


tables: Registry[type[TableFormat]] = Registry("table format", "reread.lab.experiments.tables")
