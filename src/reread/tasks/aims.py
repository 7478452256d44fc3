"""The target of an explanation: one number made of a text's raw scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.registry import unknown_name

Floats: TypeAlias = NDArray[np.float64]
NUMBER = "units of the target"
"""The unit of an answer that is a number; all others are log-odds of some kind, which calibration changes."""


@dataclass(frozen=True, kw_only=True)
class Aim:
    """A linear function of the raw scores, so that contributions to the scores add up to contributions to it.

    Attributes:
        name: the answer that it is evidence for.
        unit: the unit that it is measured in.
        weights: of the scores, (size,).
        offset: what is added.
        classes: the indices of the classes whose probabilities sum to that of the explained answer; none if it has
            no probability.
        target: in a joint task, the name of the part.
    """

    name: str
    unit: str
    weights: Floats
    offset: float = 0.0
    classes: tuple[int, ...] = ()
    target: str | None = None

    def of(self, scores: ArrayLike) -> Floats:
        """Its values for scores (rows, size), (rows,)."""
        values: Floats = np.asarray(scores, dtype=np.float64) @ self.weights + self.offset
        return values


def against_the_others(classes: Sequence[Any], chosen: int) -> Aim:
    """A class's logit above the mean of the others': of two classes the log-odds."""
    weights = np.full(len(classes), -1 / (len(classes) - 1))
    weights[chosen] = 1
    unit = "log-odds" if len(classes) == 2 else "logit above the other classes' mean"
    return Aim(name=str(classes[chosen]), unit=unit, weights=weights, classes=(chosen,))


def one_score(name: str, size: int, place: int, classes: Iterable[int]) -> Aim:
    """One of the scores, the log-odds of these classes together."""
    return Aim(name=name, unit="log-odds", weights=np.eye(size)[place], classes=tuple(classes))


def place_of(target: object, names: Sequence[Any], kind: str) -> int:
    """The index of a name, or of its text.

    Raises:
        ConfigError: it is not among them.
    """
    known = [str(name) for name in names]
    if str(target) not in known:
        raise unknown_name(kind, target, known)
    return known.index(str(target))
