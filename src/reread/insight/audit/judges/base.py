"""What every judge of targets promises, and what several have in common."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.errors import MissingExtraError

Floats: TypeAlias = NDArray[np.float64]


class Wrong(NamedTuple):
    """A target that is probably wrong.

    Attributes:
        place: its row.
        score: how right it looks, from 0 (surely wrong) to 1.
        suggested: what it should perhaps be.
    """

    place: int
    score: float
    suggested: Any


class Judge(ABC):
    """Finds targets that are probably wrong, by predictions of models that have not seen them.

    Attributes:
        library: the module of cleanlab that it works with; None: it needs none.
    """

    library: ClassVar[str | None] = None

    def check(self) -> None:
        """Look for its library, before models are trained for it.

        Raises:
            MissingExtraError: it is not installed.
        """
        if self.library is not None:
            cleanlab(self.library)

    @abstractmethod
    def find(self, task: Any, targets: Sequence[Any], answers: Floats) -> list[Wrong]:
        """Targets that are probably wrong, the worst first.

        Args:
            task: what the targets are; it names this judge.
            targets: one for each row.
            answers: the probabilities of its classes (rows, classes), or the predicted numbers (rows, 1).

        Raises:
            MissingExtraError: the library is not installed.
        """


def cleanlab(module: str) -> Any:
    """A module of cleanlab.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        return importlib.import_module(f"cleanlab.{module}")
    except ModuleNotFoundError as error:
        raise MissingExtraError("judging labels", "audit") from error


def worst_first(
    issues: NDArray[np.bool_], scores: Floats, suggested: Callable[[int], Any], order: Floats | None = None
) -> list[Wrong]:
    """The issues by their scores, or by another order, the lowest first."""
    rows = np.flatnonzero(issues)
    worst = rows[np.argsort((scores if order is None else order)[rows], kind="stable")].tolist()
    return [Wrong(row, float(scores[row]), suggested(row)) for row in worst]
