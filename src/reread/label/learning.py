"""What the linear member makes of the labels so far; bounded, so that it is done between two keys."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.baseline.limits import sample
from reread.baseline.linear import LinearModel
from reread.baseline.training import fit_linear
from reread.label.label_file import Label
from reread.label.questions import Answer, Question, Suggestion
from reread.label.texts import Texts
from reread.tasks import Task

LABELS = 2000  # that are learned from; of more, a sample
CHARACTERS = 5000  # of each text that are read
Floats: TypeAlias = NDArray[np.float64]
POOL = 1000  # texts that are looked at for those where it is least sure


@dataclass(frozen=True)
class Learned:
    """A linear member that has learned some labels."""

    model: LinearModel
    task: Task
    question: Question

    def scores(self, texts: Sequence[str]) -> Floats:
        """Raw, (texts, size)."""
        return np.asarray(self.model.scores([text[:CHARACTERS] for text in texts]), np.float64)

    def suggestions(self, texts: Sequence[str]) -> list[Suggestion]:
        """What it says of texts."""
        return self.question.suggestions(self.task, self.scores(texts))

    def least_sure(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """The numbers of texts, the least sure one first; none if it does not know."""
        sureness = self.question.sureness(self.task, self.scores(texts))
        return np.zeros(0, np.int64) if sureness is None else np.argsort(sureness, kind="stable")


def least_sure(learned: Learned, texts: Texts, labels: Collection[int], seed: int) -> list[int]:
    """Of a bounded number of texts without a label, drawn at random, the places where it is least sure."""
    places = np.setdiff1d(np.arange(len(texts)), list(labels))
    if len(places) > POOL:
        places = np.random.default_rng((seed, len(labels))).choice(places, POOL, replace=False)
    order = learned.least_sure([texts.texts[int(place)] for place in places])
    return [int(place) for place in places[order]]


def learn(labels: Sequence[Label], question: Question, language: str, *, seed: int = 0) -> Learned | None:
    """A linear member of these labels; None: they hold too few different answers.

    Args:
        labels: in the order in which they were given.
        question: what was asked.
        language: chooses the n-grams.
        seed: of the sample.

    Raises:
        MissingExtraError: the kernel was not built, and SciPy is not installed.
    """
    chosen = [labels[place] for place in sample(len(labels), LABELS, seed)]
    answers = [each.label for each in chosen]
    task = question.task(answers)
    if task is None:
        return None
    texts, targets = [each.text[:CHARACTERS] for each in chosen], task.encode(answers)
    weights = np.ones(len(texts), np.float32)
    fit = fit_linear(texts, targets, task, language, weights=weights, seed=seed)
    return Learned(fit.model, task, question)


def suggestions_before(labels: Sequence[Label], question: Question, language: str) -> list[Answer | None]:
    """What a linear member would have said of each text before its label was learned; None: nothing yet.

    It learns again whenever the labels have doubled, so each answer is by a linear member of at least half of the
    labels before it, and of none after it.

    Args:
        labels: in the order in which they were given.
        question: what was asked.
        language: chooses the n-grams.
    """
    said: list[Answer | None] = [None] * min(2, len(labels))
    while len(said) < len(labels):
        known = len(said)
        learned, rest = learn(labels[:known], question, language), labels[known : 2 * known]
        said += (
            [each.label for each in learned.suggestions([label.text for label in rest])]
            if learned
            else [None] * len(rest)
        )
    return said
