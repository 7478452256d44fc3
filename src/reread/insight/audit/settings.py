"""How an audit is carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reread.insight.audit.audit_data import AuditData


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
        most: findings that a check of every single row keeps; others are counted. None: it keeps all.
        note: is called with progress, a line at a time.
    """

    predictor: str = "linear"
    folds: int = 5
    similarity: float = 0.8
    against: AuditData | None = None
    seed: int = 0
    threads: int | None = None
    most: int | None = None
    note: Callable[[str], None] = _silent
