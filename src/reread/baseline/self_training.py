"""Self-training: a linear model labels texts, and one of n-grams alone learns from these labels too (Yarowsky 1995).

Most n-grams of new texts stand in no labelled one. In many texts they stand beside n-grams that are known, and so get
weights of their own. The student sees n-grams only, the teacher the means of word vectors too where these help: what
one view knows teaches the other (Blum and Mitchell 1998). Whether the student is better is decided, like everything
else, by texts whose labels neither it nor its teacher has seen.

The labels are the teacher's probabilities, squared and made to sum to 1 again (Berthelot et al. 2019): between what it
believes, which teaches a student to be as unsure, and its answers, which hide where it doubts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from reread.baseline.cross_validation import (
    Chosen,
    CrossValidated,
    Examples,
    Fold,
    Ints,
    Solution,
    cross_validate_folds,
    fold_of,
)
from reread.baseline.features import Features, weighed
from reread.baseline.fitters import Floats, Problem, problems_of
from reread.baseline.limits import most_features, readable_rows
from reread.baseline.linear import LinearModel
from reread.baseline.sparse import SparseRows
from reread.baseline.weighing import damped
from reread.data.subset import Subset
from reread.statistics.paired import paired
from reread.tasks.class_task import ClassTask

COUNTED = 8.0  # times as much as the labelled texts the others count together, but none more than a labelled one
STRENGTHS = (4.0, 16.0)  # of the student's loss
COPIES = 3  # of the texts in memory: for the teacher, for the student, and with a teacher's labels
LEAST_PART = 0.1  # of a label
FACTORS = 2.0 ** (np.arange(-12, 7) / 4)  # 0.12 to 2.8: labels surer than they were make the student too sure
Solve = Callable[[Examples], LinearModel]
"""Trains a linear model in a way that was decided before."""


@dataclass(frozen=True)
class Unlabelled:
    """Texts to learn from without labels.

    Attributes:
        texts: the texts.
        teacher: how their teacher is solved, if it is known: then a student is trained, whatever it is worth.
    """

    texts: Sequence[str]
    teacher: Solution | None = None


@dataclass(frozen=True, kw_only=True)
class SelfTraining:
    """Labelled texts, others, and what a student of both is trained by.

    Attributes:
        teacher: the labelled texts, as the teacher learns from them.
        solve: trains a teacher.
        targets: encoded, of the labelled texts, (texts, width).
        counts: of the others, damped, of the n-grams that a teacher knows, (other texts, n-grams) of each kind.
        features: of the labelled texts and then the others, as the student learns from them.
        task: defines the columns of the targets.
    """

    teacher: Examples
    solve: Solve
    targets: Floats
    counts: Sequence[SparseRows]
    features: Features
    task: ClassTask

    @property
    def texts(self) -> int:
        """How many have no label."""
        return len(self.counts[0])

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        targets: Floats,
        task: ClassTask,
        language: str,
        *,
        teacher: Examples,
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
            solve: trains a teacher.
            unlabelled: the other texts.
        """
        rows = readable_rows(
            unlabelled,
            task.size,
            language,
            seed=teacher.seed,
            deadline=teacher.deadline,
            beside=texts,
            copies=COPIES,
        )
        some = Subset(unlabelled, rows)
        return cls(
            teacher=teacher,
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

        They answer better with less loss, or with one that the texts cannot tell from the teacher's and more of the
        texts answered rightly.

        Args:
            teacher: how it answers texts whose labels it has not seen.
            fold: of each labelled text, (texts,); None: there are none, and no student is trained.
            known: how the student is solved, if it is known.
        """
        if known is not None:
            return CrossValidated(known, None)
        if fold is None or teacher.scaled is None or not self.texts:
            return teacher
        makers = [partial(self._fold, fold, number) for number in np.unique(fold)]
        student = cross_validate_folds(replace(self.teacher, problems=self._problems), makers, factors=FACTORS)
        losses, right = zip(*(self._judged(each) for each in (student, teacher)), strict=True)
        higher, error = paired(losses[0] - losses[1], self.teacher.weights)
        return student if higher < (error if right[0] > right[1] else 0) else teacher

    def _problems(self, rows: Ints) -> list[Problem]:
        """Those of labelled texts, with a student's strengths."""
        return [replace(each, strengths=STRENGTHS, others={}) for each in self.teacher.problems(rows)]

    def _judged(self, found: CrossValidated) -> tuple[NDArray[np.float64], float]:
        """The loss of each labelled text, (texts,), and how much weight is answered rightly."""
        scores = np.asarray(found.scaled)
        answers = self.task.encode(self.task.predict(scores))
        right = (answers == self.targets).all(axis=1)
        return self.task.losses(self.targets, scores), float(self.teacher.weights @ right)

    def _fold(self, fold: Ints, number: int) -> Fold:
        rest, held = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        examples = self._taught(rest)
        taught = np.arange(len(self.targets), len(examples.weights))
        return fold_of(examples, np.concatenate([rest, taught]), held)

    def _taught(self, rest: Ints) -> Examples:
        """All texts, the unlabelled ones with the labels of a teacher of some of the others."""
        teacher = self.solve(self.teacher.take(rest))
        scores = weighed(self.counts, teacher.scales).times(teacher.weights) + teacher.intercept
        places, labels, parts = self._labels(scores)
        targets, given = np.concatenate([self.targets, labels]), self.teacher.weights
        each = min(1.0, COUNTED * float(given[rest].sum()) / max(1, len(scores)))
        weights = np.concatenate([given, each * parts])
        rows = np.concatenate([np.arange(len(given)), len(given) + places])
        return replace(
            self.teacher,
            features=self.features.take(rows),
            problems=lambda chosen: problems_of(self.task, targets[chosen], weights[chosen]),
            weights=weights,
        )

    def _labels(self, scores: Floats) -> tuple[Ints, Floats, Floats]:
        """What texts are labelled with: which text, an encoded target, and what part of the text it is."""
        sharp = np.square(self.task.probabilities(scores), dtype=np.float32)
        places, targets, parts = self.task.certain(sharp / sharp.sum(axis=1, keepdims=True))
        kept = parts > LEAST_PART
        return places[kept], targets[kept], parts[kept]
