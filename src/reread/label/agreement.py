"""How far two people who labelled the same texts agree."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reread.data.split import normal_form
from reread.data.store import TextStore
from reread.errors import DataError
from reread.label.disagreement import Disagreement
from reread.label.figures import COVERAGE, Figure, share
from reread.label.label_file import Label, read_labels
from reread.label.questions import Answer, Question, questions
from reread.label.texts import Texts

RESAMPLES = 1000


@dataclass(frozen=True)
class Alpha:
    """Krippendorff's alpha: 1 where two people always agree, 0 where they agree as chance would have it.

    Attributes:
        alpha: it; NaN: only one answer was ever given, so that nothing but agreement was possible.
        low: the lowest of the percentile bootstrap's interval over texts, 95 %; NaN: it is undefined.
        high: the highest.
    """

    alpha: float
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """Two people's labels of the same texts.

    Attributes:
        question: what was asked.
        pairs: both labels of each text that has two, in the order of the first file.
        alone: labels of texts that only one of them labelled.
    """

    question: Question
    pairs: list[tuple[Label, Label]]
    alone: list[Label]

    @property
    def conflicts(self) -> list[tuple[Label, Label]]:
        """The pairs that differ."""
        return [(one, other) for one, other in self.pairs if one.label != other.label]

    @property
    def settled(self) -> list[Label]:
        """A label for each text about which nobody differs."""
        return [one for one, other in self.pairs if one.label == other.label] + self.alone

    def texts(self) -> Texts:
        """The texts of both files, in the order of their rows."""
        by_row = {label.row: label.text for pair in self.pairs for label in pair[:1]}
        by_row |= {label.row: label.text for label in self.alone}
        rows = sorted(by_row)
        store = TextStore(by_row[row] for row in rows)
        return Texts(store, rows, {row: place for place, row in enumerate(rows)}, 0, Counter())

    def given(self, names: tuple[str, str]) -> dict[int, tuple[tuple[str, Answer], ...]]:
        """Both labels of each conflict by its row, each with who gave it, or else with the name of its file."""
        return {
            one.row: tuple(
                (label.by if one.by != other.by and label.by else name, label.label)
                for name, label in zip(names, (one, other), strict=True)
            )
            for one, other in self.conflicts
        }

    def share(self) -> Figure | None:
        """How many pairs are the same."""
        return share(len(self.pairs) - len(self.conflicts), len(self.pairs))

    def figure(self) -> Figure | None:
        """How nearly they are the same, as this kind of answer is measured."""
        return self.question.figure(self._answers())

    def confusion(self) -> Counter[tuple[Answer, Answer]]:
        """How often each two answers stand beside one another."""
        return Counter(self._answers())

    def alpha(self, seed: int = 0) -> Alpha:
        """Krippendorff's alpha; ``seed`` is of the resamples of its interval."""
        return alpha(self.question.disagreement(self._answers()), len(self.pairs), seed)

    def _answers(self) -> list[tuple[Answer, Answer]]:
        return [(one.label, other.label) for one, other in self.pairs]


def alpha(disagreement: Disagreement, texts: int, seed: int = 0) -> Alpha:
    """1 − observed / expected disagreement (Krippendorff 2019, equation 12.1); texts are resampled for the interval."""
    random = np.random.default_rng(seed)
    value = _alpha(*disagreement(np.ones(texts)))
    draws = random.multinomial(texts, np.full(texts, 1 / texts), RESAMPLES).astype(np.float64)
    drawn = np.array([_alpha(*disagreement(each)) for each in draws])
    defined = drawn[np.isfinite(drawn)]
    if not np.isfinite(value) or 2 * len(defined) < RESAMPLES:
        return Alpha(value, np.nan, np.nan)
    low, high = np.quantile(defined, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2])
    return Alpha(value, float(low), float(high))


def _alpha(observed: float, expected: float) -> float:
    return 1 - observed / expected if expected > 0 else float("nan")


def compare(first: Path, second: Path) -> Comparison:
    """Two files of labels of the same texts.

    Raises:
        DataError: one holds no labels or is of another question or other texts, or no text has two labels.
        OSError: one cannot be read.
    """
    question = question_of([first, second])
    ours, theirs = (_by_row(path, read_labels(path, question)) for path in (first, second))
    for row in ours.keys() & theirs.keys():
        if normal_form(ours[row].text) != normal_form(theirs[row].text):
            raise DataError(
                f"row {row:,} is another text in {first} than in {second}; compare labels of the same texts"
            )
    pairs = [(label, theirs[row]) for row, label in ours.items() if row in theirs]
    if not pairs:
        raise DataError(f"no text has a label in both {first} and {second}")
    alone = [each for one, other in ((ours, theirs), (theirs, ours)) for row, each in one.items() if row not in other]
    return Comparison(question, pairs, alone)


def _by_row(path: Path, labels: Iterable[Label]) -> dict[int, Label]:
    found: dict[int, Label] = {}
    for number, each in enumerate(labels, 1):
        if each.row in found:
            raise DataError(
                f"{path}, line {number}: row {each.row:,} has a label already; leave one of the two lines out"
            )
        found[each.row] = each
    return found


def question_of(paths: Iterable[Path]) -> Question:
    """What was asked, as the lines of files of labels show it.

    Raises:
        DataError: a line is no label, there is none, or they are of no one question.
        OSError: a file cannot be read.
    """
    lines = [line for path in paths for line in _objects(path)]
    for name in questions:
        found = questions.get(name).found_in(lines)
        if found is not None:
            return found
    raise DataError(f"{' and '.join(map(str, paths))}: no labels, or of several kinds; expected files of reread label")


def _objects(path: Path) -> Iterable[Mapping[str, Any]]:
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise DataError(f"{path}, line {number}: is no label; expected a JSON object with row, text and label")
        yield said
