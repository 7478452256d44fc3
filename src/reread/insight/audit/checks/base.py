"""What every check promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from reread.insight.audit.findings import Found
from reread.insight.audit.material import Material


def _silent(_: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How an audit is carried out.

    Attributes:
        predictor: what predicts labels out of fold: "linear", or the name or file of a recipe.
        folds: how many parts the rows are dealt out into for it.
        similarity: the share of common word triples from which two texts are near duplicates.
        against: other rows, that these should be like.
        seed: of everything random.
        threads: of a network's training; None: one a core.
        note: who is told how it goes, a line at a time.
    """

    predictor: str = "linear"
    folds: int = 5
    similarity: float = 0.8
    against: Material | None = None
    seed: int = 0
    threads: int | None = None
    note: Callable[[str], None] = _silent


class Check(ABC):
    """Looks through the material for one thing.

    Attributes:
        title: what it looks for, as a table's row says it.
        place: its place among the checks.
        cheap: whether it needs neither a model nor an extra, so that every training can afford it.
    """

    title: ClassVar[str]
    place: ClassVar[int]
    cheap: ClassVar[bool] = True

    def applies(self, material: Material, settings: Settings) -> bool:  # noqa: ARG002  # what most checks need is there
        """Whether there is anything to look for."""
        return True

    @abstractmethod
    def find(self, material: Material, settings: Settings) -> Found:
        """Look through all rows.

        Raises:
            MissingExtraError: a library that the check needs is not installed.
        """
