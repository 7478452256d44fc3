"""One class for each text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from reread.data.request import ORDER
from reread.label.disagreement import Disagreement, by_metric, nominal
from reread.label.questions import questions
from reread.label.questions.base import Answer, Floats, Pairs, Suggestion
from reread.label.questions.choice import Choice
from reread.tasks import Task
from reread.tasks.classification import Classification
from reread.typing import override


@questions.register("classes")
class Classes(Choice):
    """Which one of some classes a text has."""

    kind = "classes"
    takes_rules = True

    @classmethod
    @override
    def found_in(cls, lines: Sequence[Mapping[str, Any]]) -> Self | None:
        labels = [line.get(cls.field) for line in lines]
        if any(ORDER in line for line in lines) or not all(isinstance(each, str) for each in labels):
            return None
        return cls.of_labels(labels)

    @override
    def task(self, answers: Sequence[Answer]) -> Task | None:
        return Classification(self.classes) if len(set(answers)) > 1 else None

    @override
    def suggestions(self, task: Task, scores: Floats) -> list[Suggestion]:
        chances = np.asarray(task.confidence(scores)).tolist()
        return [Suggestion(str(name), chance) for name, chance in zip(task.predict(scores), chances, strict=True)]

    @override
    def sureness(self, task: Task, scores: Floats) -> Floats | None:
        """The gap between the two most probable classes (Scheffer et al. 2001)."""
        table = np.sort(np.asarray(task.probabilities(scores), np.float64), axis=1)
        return np.asarray(table[:, -1] - table[:, -2], np.float64)

    @override
    def disagreement(self, pairs: Pairs) -> Disagreement:
        first, second = ([self.classes.index(str(pair[side])) for pair in pairs] for side in (0, 1))
        return by_metric(first, second, self.distances, len(self.classes))

    def distances(self, counts: Floats) -> Floats:
        """How far classes that were given so often are apart, (classes, classes)."""
        return nominal(counts)
