"""A number for each text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np

from reread.errors import ConfigError, DataError
from reread.label.disagreement import Disagreement, by_squares
from reread.label.figures import Figure, distance
from reread.label.questions import questions
from reread.label.questions.base import Answer, Floats, Pairs, Question, Suggestion
from reread.tasks import Task
from reread.tasks.regression import Regression
from reread.typing import override
from reread.wording import quantity

RANGES = 10  # in which numbers are counted


@questions.register("numbers")
class Numbers(Question):
    """Which number a text has.

    Args:
        low: the lowest that can be given.
        high: the highest.

    Raises:
        ConfigError: they are not finite, or the first one is not the lower one.
    """

    kind = "numbers"
    field = "target"

    def __init__(self, low: float, high: float) -> None:
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ConfigError(f"numbers from {low:g} to {high:g}; expected two finite ones, the lower one first")
        self.low, self.high = low, high

    @classmethod
    @override
    def found_in(cls, lines: Sequence[Mapping[str, Any]]) -> Self | None:
        numbers = [line.get(cls.field) for line in lines]
        found = [each for each in numbers if isinstance(each, int | float) and not isinstance(each, bool)]
        if not found or len(found) < len(numbers):
            return None
        return cls(min(found), max(found) if max(found) > min(found) else min(found) + 1)

    @override
    def check(self, said: object) -> Answer:
        if isinstance(said, bool) or not isinstance(said, int | float) or not self.low <= said <= self.high:
            raise DataError(f"{said!r} is no number from {quantity(self.low)} to {quantity(self.high)}")
        return float(said)

    @override
    def fields(self, answer: Answer) -> dict[str, Any]:
        number = _number(answer)
        return {self.field: int(number) if number.is_integer() else number}

    @override
    def words(self, answer: Answer) -> str:
        return quantity(_number(answer))

    @override
    def for_page(self) -> dict[str, Any]:
        return {"kind": self.kind, "low": self.low, "high": self.high}

    @override
    def counts(self, answers: Iterable[Answer]) -> dict[str, int]:
        edges = np.linspace(self.low, self.high, RANGES + 1)
        counts, _ = np.histogram([_number(each) for each in answers], edges)
        shown = [quantity(float(edge)) for edge in edges]
        return {f"{shown[k]} – {shown[k + 1]}": int(count) for k, count in enumerate(counts)}

    @override
    def task(self, answers: Sequence[Answer]) -> Task | None:
        return Regression.fit(answers) if len(set(answers)) > 1 else None

    @override
    def suggestions(self, task: Task, scores: Floats) -> list[Suggestion]:
        numbers = np.clip(np.asarray(task.predict(scores), np.float64), self.low, self.high)
        return [Suggestion(number, None) for number in numbers.tolist()]

    @override
    def sureness(self, task: Task, scores: Floats) -> Floats | None:
        """Unknown: the linear member of numbers says nothing of it."""
        return None

    @override
    def figure(self, pairs: Pairs) -> Figure | None:
        return distance([_number(one) - _number(other) for one, other in pairs])

    @override
    def disagreement(self, pairs: Pairs) -> Disagreement:
        return by_squares([_number(one) for one, _ in pairs], [_number(other) for _, other in pairs])


def _number(answer: Answer) -> float:
    if not isinstance(answer, float):
        raise DataError(f"{answer!r} is no number")
    return answer
