"""Self-training: a linear model labels texts, and one of n-grams alone learns from these labels too (Yarowsky 1995).

Most n-grams of new texts stand in no labelled one. In many texts they stand beside n-grams that are known, and so get
weights of their own. The student sees n-grams only, the teacher the means of word vectors too where these help: what
one view knows teaches the other (Blum and Mitchell 1998). Whether the student is better is decided, like everything
else, by texts whose labels neither it nor its teacher has seen.

The labels are the teacher's probabilities, squared and made to sum to 1 again (Berthelot et al. 2019): between what it
believes, which teaches a student to be as unsure, and its answers, which hide where it doubts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from reread.baseline.cross_validation import (
    CrossValidated,
    Examples,
    Fold,
    Ints,
    Solution,
    cross_validate_folds,
    fold_of,
)
from reread.baseline.decided import Decided, Labelled
from reread.baseline.features import Features, weighed
from reread.baseline.fitters import Floats, Problem, problems_of
from reread.baseline.limits import most_features, readable_rows
from reread.baseline.linear import LinearModel
from reread.baseline.solved import solved
from reread.baseline.sparse import SparseRows
from reread.baseline.weighing import damped
from reread.data.subset import Subset
from reread.statistics.paired import paired
from reread.tasks.class_task import ClassTask, has_classes

COUNTED = 8.0  # times as much as the labelled texts the others count together, but none more than a labelled one
STRENGTHS = (4.0, 16.0, 64.0, 256.0)  # of the student's loss; more texts want stronger ones
COPIES = 3  # of the texts in memory: for the teacher, for the student, and with a teacher's labels
LEAST_PART = 0.1  # of a label
FACTORS = 2.0 ** (np.arange(-12, 7) / 4)  # 0.12 to 2.8: labels surer than they were make the student too sure


@dataclass(frozen=True)
class TextsToLabel:
    """Texts without targets, which a linear model labels for another one to learn from.

    Attributes:
        texts: the texts.
        teacher: how the model is solved that labels them, if it is known: then another one is trained, whatever it is
            worth.
    """

    texts: Sequence[str]
    teacher: Solution | None = None

    def decide(self, labelled: Labelled) -> Decided:
        """See `Beside`; only where a text has one class."""
        if not (labelled.task.can_abstain and has_classes(labelled.task)):
            return labelled.alone()
        given = replace(labelled, known=self.teacher, out_of_fold="unasked" if self.teacher else "best")
        first, found = given.best()
        how = self.teacher or Solution(found.chosen, found.platt_scaling)
        training = SelfTraining.of(labelled, labelled.task, teacher=first, how=how, unlabelled=self.texts)
        better = training.better(found, labelled.fold, labelled.known)
        if better is found:
            return Decided(examples=first, found=found)
        return Decided(
            examples=training.student(),
            found=better,
            facts={
                "teacher": how.to_config(),
                "unlabelled": training.texts,
                "vectors": first.features.vectors is not None,
            },
        )

    def again(self, model: LinearModel) -> TextsToLabel | None:
        """See `Beside`."""
        return None if model.teacher is None else replace(self, teacher=model.teacher)


@dataclass(frozen=True, kw_only=True)
class SelfTraining:
    """Labelled texts, others, and what a student of both is trained by.

    Attributes:
        teacher: the labelled texts, as the teacher learns from them.
        how: a teacher is solved.
        targets: encoded, of the labelled texts, (texts, width).
        counts: of the others, damped, of the n-grams that a teacher knows, (other texts, n-grams) of each kind.
        features: of the labelled texts and then the others, as the student learns from them.
        task: defines the columns of the targets.
    """

    teacher: Examples
    how: Solution
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
        labelled: Labelled,
        task: ClassTask,
        *,
        teacher: Examples,
        how: Solution,
        unlabelled: Sequence[str],
    ) -> SelfTraining:
        """Count the n-grams of all texts, of the unlabelled ones as many as there are memory and time for.

        Args:
            labelled: the labelled texts.
            task: defines the columns of their targets.
            teacher: the labelled texts, as the teacher learns from them.
            how: a teacher is solved.
            unlabelled: the other texts.
        """
        texts, language = labelled.texts, labelled.language
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
            how=how,
            targets=labelled.targets,
            counts=tuple(damped(known.counts(some)) for known in teacher.features.known),
            features=Features.learn([*texts, *some], language, most_features(task.size)),
            task=task,
        )

    def student(self) -> Examples:
        """What a student learns from whose teacher has seen all labels."""
        return self._taught(np.arange(len(self.targets)))

    def better(self, teacher: CrossValidated, fold: Ints | None, known: Solution | None) -> CrossValidated:
        """How the student is solved, if it is known or students answer better; otherwise what is known of the teacher.

        They answer better with less loss, or with one that the texts cannot tell from the teacher's and more of the
        texts answered rightly.

        Args:
            teacher: how it answers texts whose labels it has not seen.
            fold: of each labelled text, (texts,); None: there are none, and no student is trained.
            known: how the student is solved, if it is known.
        """
        if known is not None:
            return CrossValidated(known.chosen, None)
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
        teacher, _ = solved(self.teacher.take(rest), self.how)
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
