"""What the linear member makes of the labels so far; bounded, so that it is done between two keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reread.baseline.limits import sample
from reread.baseline.linear import LinearModel
from reread.baseline.training import fit_linear
from reread.label.label_file import Label
from reread.tasks.classification import Classification

LABELS = 2000  # that are learned from; of more, a sample
CHARACTERS = 5000  # of each text that are read
POOL = 1000  # texts that are looked at for those where it is least sure


@dataclass(frozen=True)
class Suggestion:
    """What the linear member would say of a text.

    Attributes:
        label: the class.
        probability: of it; None: not known any more.
    """

    label: str
    probability: float | None


@dataclass(frozen=True)
class Learned:
    """A linear member that has learned some labels."""

    model: LinearModel
    task: Classification

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Of each class, (texts, classes)."""
        return np.asarray(self.task.probabilities(self.model.scores([text[:CHARACTERS] for text in texts])), np.float64)

    def suggestions(self, texts: Sequence[str]) -> list[Suggestion]:
        """What it says of texts."""
        table = self.probabilities(texts)
        best = table.argmax(axis=1)
        return [
            Suggestion(str(self.task.classes[place]), float(row[place])) for place, row in zip(best, table, strict=True)
        ]

    def least_sure(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """The numbers of texts, first those whose two most probable classes are closest (Scheffer et al. 2001)."""
        table = np.sort(self.probabilities(texts), axis=1)
        return np.argsort(table[:, -1] - table[:, -2], kind="stable")


def learn(labels: Sequence[Label], classes: Sequence[str], language: str, *, seed: int = 0) -> Learned | None:
    """A linear member of these labels; None: they are of fewer than two classes.

    Args:
        labels: in the order in which they were given.
        classes: all that there are.
        language: chooses the n-grams.
        seed: of the sample.

    Raises:
        MissingExtraError: the kernel was not built, and SciPy is not installed.
    """
    if len({each.label for each in labels}) < 2:
        return None
    chosen = [labels[place] for place in sample(len(labels), LABELS, seed)]
    task = Classification(classes)
    texts, targets = [each.text[:CHARACTERS] for each in chosen], task.encode([each.label for each in chosen])
    weights = np.ones(len(texts), np.float32)
    fit = fit_linear(texts, targets, task, language, weights=weights, seed=seed)
    return Learned(fit.model, task)


def suggestions_before(labels: Sequence[Label], classes: Sequence[str], language: str) -> list[str | None]:
    """What a linear member would have said of each text before its label was learned; None: nothing yet.

    It learns again whenever the labels have doubled, so each answer is by a linear member of at least half of the
    labels before it, and of none after it.

    Args:
        labels: in the order in which they were given.
        classes: all that there are.
        language: chooses the n-grams.
    """
    said: list[str | None] = [None] * min(2, len(labels))
    while len(said) < len(labels):
        known = len(said)
        learned, rest = learn(labels[:known], classes, language), labels[known : 2 * known]
        said += (
            [each.label for each in learned.suggestions([label.text for label in rest])]
            if learned
            else [None] * len(rest)
        )
    return said
