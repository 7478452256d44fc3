"""The trained linear member: texts in, scores out, kept and scored as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reread.baseline.cross_validation import Chosen, Solution
from reread.baseline.features import weighed
from reread.baseline.fitters import Floats
from reread.baseline.grams import Grams
from reread.baseline.platt_scaling import PlattScaling
from reread.baseline.sparse import SparseRows
from reread.baseline.weighing import damped
from reread.text.chunks import chunked
from reread.text.segmenters.base import Span

SAMPLED = 50  # words of the texts that a check makes up


class Contributions(NamedTuple):
    """What the n-grams of one text add to an answer, each occurrence of them.

    Attributes:
        added: what it adds, (occurrences,).
        starts: its first character's place in the text, (occurrences,).
        ends: the place after its last character, (occurrences,).
    """

    added: NDArray[np.float64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class LinearModel:
    """A trained linear model.

    Attributes:
        kinds: the names of its kinds of n-grams.
        known: the n-grams of each kind.
        scales: by how much each n-gram's damped count is multiplied, for each kind (n-grams,).
        weights: (features, scores); the features of each kind stand one after another.
        intercept: (scores,).
        facts: rows and features it was trained on, losses and their strengths, Platt scaling, seconds, and what was
            left out for lack of memory or time.
    """

    kinds: tuple[str, ...]
    known: tuple[Grams, ...]
    scales: tuple[Floats, ...]
    weights: Floats
    intercept: Floats
    facts: dict[str, Any]

    def scores(self, texts: Sequence[str], *, compiled: bool = True) -> Floats:
        """The raw scores that the task turns into answers, (texts, scores); by the kernel, if there is one."""
        parts = [self._scores(chunk, compiled=compiled) for chunk in chunked(texts)]
        return np.concatenate([np.zeros((0, len(self.intercept)), np.float32), *parts])

    def inputs(self, texts: Sequence[str]) -> dict[str, NDArray[Any]]:
        """What the model reads of some texts: ``ngrams``, rows of `weights`, and ``ngram_values``, (texts, most) each.

        Scores are the sum of these rows, each times its value, plus the intercept. Rows of texts with fewer n-grams
        than another are filled up with value 0.
        """
        features = self._features(texts)
        places = np.arange(len(features.values)) - np.repeat(features.starts[:-1], features.lengths)
        shape = len(features), max(1, int(features.lengths.max(initial=0)))
        ngrams, values = np.zeros(shape, np.int64), np.zeros(shape, np.float32)
        ngrams[features.owners, places], values[features.owners, places] = features.columns, features.values
        return {"ngrams": ngrams, "ngram_values": values}

    @property
    def limits(self) -> str:
        """The limits that a larger machine or more time would lift, in words; empty if none."""
        return "; ".join(self.facts.get("limits", ()))

    @property
    def earlier(self) -> bool:
        """Whether it has learned from the scores of an earlier model, whose n-grams it counts too."""
        return bool(self.facts.get("earlier"))

    @property
    def mixture(self) -> dict[str, Any] | None:
        """How its own scores are mixed with those of the earlier model; None if they are not."""
        mixture: dict[str, Any] | None = self.facts.get("mixture")
        return mixture

    @property
    def teacher(self) -> Solution | None:
        """How the model was solved that labelled texts for this one; None if there was none."""
        teacher = self.facts.get("teacher")
        return None if teacher is None else Solution.from_config(teacher)

    @property
    def reads_vectors(self) -> bool:
        """Whether it, or its teacher, has learned from the means of word vectors."""
        return bool(self.facts.get("vectors"))

    @property
    def chosen(self) -> list[Chosen]:
        """How each problem was solved; folders of early versions do not say."""
        chosen: list[Chosen] = self.facts.get("chosen", [])
        return chosen

    @property
    def platt_scaling(self) -> list[PlattScaling]:
        """Of each problem's scores; none if there was none."""
        return [PlattScaling.from_config(each) for each in self.facts.get("platt_scaling", ())]

    def description(self) -> dict[str, Any]:
        """The kinds of n-grams and the facts, as JSON can write them."""
        each = zip(self.kinds, self.known, strict=True)
        return {"kinds": [{"kind": kind, **known.description()} for kind, known in each], "facts": self.facts}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The n-grams and the numbers."""
        parts: dict[str, NDArray[Any]] = {"weights": self.weights, "intercept": self.intercept}
        for kind, known, scale in zip(self.kinds, self.known, self.scales, strict=True):
            parts |= {f"{kind}.scale": scale, **{f"{kind}.{name}": array for name, array in known.arrays().items()}}
        return parts

    def spans(self, text: str) -> list[Span]:
        """The places of the words of a text, or of its characters if only these are counted."""
        return self.known[0].spans(text) if self.known else []

    def contributions(self, text: str, direction: NDArray[np.float64]) -> Contributions:
        """What each n-gram of a text adds to direction · scores; with the intercept's part that is all of it.

        Args:
            text: the text.
            direction: of the scores, (scores,).
        """
        counts = [damped(each.counts([text])) for each in self.known]
        features, along = weighed(counts, self.scales), self.weights @ direction
        added = np.zeros(len(along))
        added[features.columns] = features.values * along[features.columns]
        parts, before = [], 0
        for each in self.known:
            found = each.occurrences(text)
            columns = found.columns + before
            times = np.bincount(columns, minlength=len(added))
            parts.append((added[columns] / times[columns], found.starts, found.ends))
            before += len(each)
        none = (np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64))
        return Contributions(*(np.concatenate(each) for each in zip(none, *parts, strict=True)))

    def sample_texts(self, seed: int = 0) -> list[str]:
        """Texts of many lengths, made of n-grams at random; the same for the same model and seed."""
        random = np.random.default_rng(seed)
        words = [word for each in self.known for word in each.sample(random, SAMPLED)]
        lengths = (0, 1, 2, 3, 5, 8, 13, 21, 34)
        return [" ".join(words[place] for place in random.integers(0, len(words), size)) for size in lengths if words]

    def _features(self, texts: Sequence[str]) -> SparseRows:
        """The weighed n-grams, (texts, features)."""
        return weighed([damped(each.counts(texts)) for each in self.known], self.scales)

    def _scores(self, texts: Sequence[str], *, compiled: bool) -> Floats:
        return self._features(texts).times(self.weights, compiled=compiled) + self.intercept
