"""Self-training: a linear model labels texts, and one of n-grams alone learns from these labels too (Yarowsky 1995).

Most n-grams of new texts stand in no labelled one. In many texts they stand beside n-grams that are known, and so get
weights of their own. The student sees n-grams only, the teacher the means of word vectors too where these help: what
one view knows teaches the other (Blum and Mitchell 1998). Whether the student is better is decided, like everything
else, by texts whose labels neither it nor its teacher has seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from reread.baseline.cross_validation import Chosen, CrossValidated, Examples, Fold, Ints, cross_validate_folds, fold_of
from reread.baseline.features import Features, weighed
from reread.baseline.fitters import Floats, problems_of
from reread.baseline.limits import most_features, readable_rows
from reread.baseline.linear import LinearModel
from reread.baseline.sparse import SparseRows
from reread.baseline.weighing import damped
from reread.data.subset import Subset
from reread.tasks import Task

COUNTED = 8.0  # times as much as the labelled texts the others count together, but none more than a labelled one
STRENGTH = 16.0  # of the student's loss: of 4, 16 and 64 the best or next to it on every set that was tried
FACTORS = 2.0 ** (np.arange(-12, 7) / 4)  # 0.12 to 2.8: labels that were certain make the student too sure
Solve = Callable[[Examples, Sequence[Chosen]], LinearModel]
"""Trains a linear model by known losses and strengths."""


@dataclass(frozen=True)
class Unlabelled:
    """Texts to learn from without labels.

    Attributes:
        texts: the texts.
        teacher: how their teacher is solved, if it is known: then a student is trained, whatever it is worth.
    """

    texts: Sequence[str]
    teacher: Sequence[Chosen] | None = None


@dataclass(frozen=True, kw_only=True)
class SelfTraining:
    """Labelled texts, others, and what a student of both is trained by.

    Attributes:
        teacher: the labelled texts, as the teacher learns from them.
        chosen: how the teacher is solved.
        solve: trains a teacher.
        targets: encoded, of the labelled texts, (texts, width).
        counts: of the others, damped, of the n-grams that a teacher knows, (other texts, n-grams) of each kind.
        features: of the labelled texts and then the others, as the student learns from them.
        task: defines the columns of the targets.
    """

    teacher: Examples
    chosen: Sequence[Chosen]
    solve: Solve
    targets: Floats
    counts: Sequence[SparseRows]
    features: Features
    task: Task

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        targets: Floats,
        task: Task,
        language: str,
        *,
        teacher: Examples,
        chosen: Sequence[Chosen],
        solve: Solve,
        unlabelled: Sequence[str],
    ) -> SelfTraining:
        """Count the n-grams of all texts, of the unlabelled ones as many as there are memory and time for.

        Args:
            texts: the labelled ones.
            targets: encoded, of these, (texts, width).
            task: defines the columns of the targets.
            language: chooses the n-grams.
            teacher: the labelled texts, as the teacher learns from them.
            chosen: how the teacher is solved.
            solve: trains a teacher.
            unlabelled: the other texts.
        """
        rows = readable_rows(
            unlabelled, task.size, language, seed=teacher.seed, deadline=teacher.deadline, beside=texts
        )
        some = Subset(unlabelled, rows)
        return cls(
            teacher=teacher,
            chosen=chosen,
            solve=solve,
            targets=targets,
            counts=tuple(damped(known.counts(some)) for known in teacher.features.known),
            features=Features.learn([*texts, *some], language, most_features(task.size)),
            task=task,
        )

    def student(self) -> Examples:
        """What a student learns from whose teacher has seen all labels."""
        return self._taught(np.arange(len(self.targets)))

    def better(self, teacher: CrossValidated, fold: Ints | None, known: Sequence[Chosen] | None) -> CrossValidated:
        """How the student is solved, if it is known or students answer better; otherwise what is known of the teacher.

        Args:
            teacher: how it answers texts whose labels it has not seen.
            fold: of each labelled text, (texts,); None: there are none, and no student is trained.
            known: how the student is solved, if it is known.
        """
        if known is not None:
            return CrossValidated(known, None)
        if fold is None or not teacher.platt_scaling or not len(self.features.counts[0]) > len(self.targets):
            return teacher
        makers = [partial(self._fold, fold, number) for number in np.unique(fold)]
        problems = self.teacher.problems(np.arange(len(self.targets)))
        how = [{problem.loss: [STRENGTH] * problem.separate} for problem in problems]
        student = cross_validate_folds(self.teacher, makers, how, FACTORS)
        return student if student.loss < teacher.loss else teacher

    def _fold(self, fold: Ints, number: int) -> Fold:
        rest, held = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        every = np.arange(len(self.targets), len(self.features.counts[0]))
        return fold_of(self._taught(rest), np.concatenate([rest, every]), held)

    def _taught(self, rest: Ints) -> Examples:
        """All texts, the unlabelled ones with the labels of a teacher of some of the others."""
        teacher = self.solve(self.teacher.take(rest), self.chosen)
        scores = weighed(self.counts, teacher.scales).times(teacher.weights) + teacher.intercept
        labels = self.task.encode(self.task.predict(scores))
        targets = np.concatenate([self.targets, labels])
        weights = self.teacher.weights
        each = min(1.0, COUNTED * float(weights[rest].sum()) / max(1, len(labels)))
        weights = np.concatenate([weights, np.full(len(labels), each, np.float32)])
        return replace(
            self.teacher,
            features=self.features,
            problems=lambda chosen: problems_of(self.task, targets[chosen], weights[chosen]),
            weights=weights,
        )
