"""What more labels would bring, by the learning curve of the linear member."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.baseline.learning_curve.curve import LearningCurve, curve_of
from reread.baseline.learning_curve.enough import LEAST, too_few
from reread.baseline.learning_curve.measuring import GROUPS, Rows, measure
from reread.data.split import text_keys
from reread.data.weighted_rows import WeightedRows
from reread.errors import RereadError
from reread.label.label_file import Label
from reread.label.labelling import Labelling
from reread.label.learning import CHARACTERS
from reread.label.questions import Question

AGAIN = 0.1  # more or fewer labels, of those of the last curve, are worth another one


class StoppedError(RereadError):
    """Nobody waits for the curve any more."""


@dataclass(frozen=True)
class Foretold:
    """What is foretold by now.

    Attributes:
        curve: the learning curve of so many labels; None: there is none.
        why: there is none, in words; empty: it is still too early.
        labels: how many there were.
    """

    curve: LearningCurve | None = None
    why: str = ""
    labels: int = 0

    def is_old(self, labels: int) -> bool:
        """Whether so many labels are worth another curve."""
        return labels >= LEAST and abs(labels - self.labels) > AGAIN * self.labels


class Foretelling:
    """Foretells again when there are enough new labels; seconds each time, so in another thread than a page's.

    Args:
        labelling: whose labels.

    Attributes:
        found: what is foretold by now.
    """

    def __init__(self, labelling: Labelling) -> None:
        self._labelling = labelling
        self.found = Foretold()

    def renew(self, stops: Callable[[], bool]) -> None:
        """Foretell, unless the last time will do.

        Args:
            stops: whether to give up, which is asked now and then.
        """
        work, labels = self._labelling, self._labelling.labels()
        if not work.question.foretells or not self.found.is_old(len(labels)):
            return
        try:
            self.found = foretold(labels, work.question, work.texts.language, seed=work.seed, stops=stops)
        except StoppedError:
            return
        except RereadError as error:
            self.found = Foretold(None, str(error), len(labels))


def foretold(
    given: Mapping[Label, bool],
    question: Question,
    language: str,
    *,
    seed: int = 0,
    stops: Callable[[], bool] = lambda: False,
) -> Foretold:
    """The learning curve of labels: learned from all of them, right or wrong about the random ones.

    Texts that were asked about because they are hard teach as well, but a figure of them would not be about the file.

    Args:
        given: the labels, and whether each one's text was drawn at random.
        question: what was asked.
        language: chooses the n-grams.
        seed: of the parts that are learned from.
        stops: whether to give up, which is asked now and then.

    Raises:
        StoppedError: ``stops`` said so.
        MissingExtraError: the kernel was not built, and SciPy is not installed.
    """
    labels, is_random = [*given], [*given.values()]
    count = len(labels)
    rows = _rows(labels, is_random, question, language)
    if rows is None or sum(is_random) < GROUPS:
        return Foretold(labels=count)
    why = too_few(rows)
    if why:
        return Foretold(None, why, count)

    def on_progress(_done: int, _all: int) -> None:
        if stops():
            raise StoppedError("given up")

    measured = measure(rows, seed=seed, on_progress=on_progress)[""]
    metric, better = rows.task.headline, rows.task.higher_is_better
    if not measured.defined:
        return Foretold(None, f"{metric} is undefined on some parts of the labels", count)
    return Foretold(curve_of(measured, count, metric, higher_is_better=better), "", count)


def _rows(labels: Sequence[Label], is_random: Sequence[bool], question: Question, language: str) -> Rows | None:
    """The labels as a curve reads them; None: they hold too few different answers."""
    answers: list[Any] = [each.label for each in labels]
    task = question.task(answers)
    if task is None:
        return None
    texts, encoded = [each.text[:CHARACTERS] for each in labels], task.encode(answers)
    everything: NDArray[np.int64] = np.arange(len(texts))
    return Rows(
        texts=texts,
        keys=text_keys(texts),
        targets=answers,
        encoded=encoded,
        task=task,
        language=language,
        learned=WeightedRows(rows=everything, targets=encoded, weights=np.ones(len(texts), np.float32)),
        weights=np.asarray(is_random, np.float32),
    )
