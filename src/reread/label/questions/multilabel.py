"""Any number of labels for each text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Self

import numpy as np

from reread.errors import DataError
from reread.label.disagreement import Disagreement, by_metric, masi
from reread.label.questions import questions
from reread.label.questions.base import Answer, Floats, Pairs, Suggestion
from reread.label.questions.choice import Choice
from reread.tasks import Task
from reread.tasks.multilabel import Multilabel as MultilabelTask
from reread.typing import override


@questions.register("multilabel")
class Multilabel(Choice):
    """Which of some labels a text has: any number of them, or none."""

    kind = "multilabel"
    foretells = False  # docs/learning_curve.md says why

    @classmethod
    @override
    def found_in(cls, lines: Sequence[Mapping[str, Any]]) -> Self | None:
        labels = [line.get(cls.field) for line in lines]
        lists = [each for each in labels if isinstance(each, list)]
        return cls.of_labels(chain.from_iterable(lists)) if len(lists) == len(labels) else None

    @override
    def check(self, said: object) -> Answer:
        """The labels in the order of the classes, each once."""
        if not isinstance(said, list | tuple):
            raise DataError(f"the label {said!r} is no list; several labels of a text are a list, such as []")
        given = {self._one(each) for each in said}
        return tuple(name for name in self.classes if name in given)

    @override
    def fields(self, answer: Answer) -> dict[str, Any]:
        return {self.field: list(answer) if isinstance(answer, tuple) else [answer]}

    @override
    def words(self, answer: Answer) -> str:
        return ", ".join(answer) if isinstance(answer, tuple) and answer else "no label"

    @override
    def task(self, answers: Sequence[Answer]) -> Task | None:
        return MultilabelTask(self.classes) if len(set(answers)) > 1 else None

    @override
    def suggestions(self, task: Task, scores: Floats) -> list[Suggestion]:
        """The labels, without a probability: each has one of its own."""
        return [Suggestion(self.check(labels), None) for labels in task.predict(scores)]

    @override
    def sureness(self, task: Task, scores: Floats) -> Floats | None:
        """How near the least sure label is to even chances."""
        table = np.asarray(task.probabilities(scores), np.float64)
        return np.asarray(np.abs(table - 0.5).min(axis=1), np.float64)

    @override
    def disagreement(self, pairs: Pairs) -> Disagreement:
        number = {answer: place for place, answer in enumerate(dict.fromkeys(chain.from_iterable(pairs)))}
        first, second = ([number[pair[side]] for pair in pairs] for side in (0, 1))
        sets = [frozenset(answer) if isinstance(answer, tuple) else frozenset() for answer in number]
        return by_metric(first, second, masi(sets), len(sets))
