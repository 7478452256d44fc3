"""What texts and answers were like when a model was trained: figures of the rows held out, as histograms of a few numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import ConfigError
from reread.recipes.fitting import fit_value
from reread.tasks import Task
from reread.tasks.joint import Joint
from reread.text.vocabulary import UNKNOWN

Floats = NDArray[np.float64]

BINS = 10  # of about as many texts each
MOST_NAMES = 50  # classes that have a bin each; of more, neighbours share one
DIGITS = 4  # of shares and probabilities: what differs by rounding stays in its bin


@dataclass(frozen=True)
class Figure:
    """One number for each text, (texts,); where these are classes, their names."""

    values: Floats
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Histogram:
    """How often a figure was where.

    Attributes:
        edges: between the bins, rising; what is equal to an edge belongs to the bin above it.
        counts: texts in each bin, one more than there are edges.
        mean: of the figure over these texts.
        names: of the bins, where they are classes.
    """

    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    mean: float = 0.0
    names: tuple[str, ...] = ()

    @property
    def texts(self) -> int:
        """How many texts it counts."""
        return sum(self.counts)

    @classmethod
    def of(cls, figure: Figure) -> Self:
        """The histogram of a figure whose values choose the bins: each value one where they are few, else tenths; below and above them all one more."""
        named = 0 < len(figure.names) <= MOST_NAMES
        edges = np.arange(1, len(figure.names), dtype=np.float64) if named else _edges(figure.values)
        return cls(tuple(edges.tolist()), (0,) * (len(edges) + 1), 0.0, figure.names if named else ()).plus(figure)

    def empty(self) -> Self:
        """The same bins with nothing in them."""
        return type(self)(self.edges, (0,) * len(self.counts), 0.0, self.names)

    def plus(self, figure: Figure) -> Self:
        """The same bins with more texts in them."""
        more = np.bincount(np.searchsorted(self.edges, figure.values, side="right"), minlength=len(self.counts))
        texts = self.texts + len(figure.values)
        mean = (self.texts * self.mean + float(figure.values.sum())) / max(1, texts)
        return type(self)(self.edges, tuple((np.array(self.counts) + more).tolist()), mean, self.names)

    def to_config(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {"edges": list(self.edges), "counts": list(self.counts), "mean": self.mean, "names": list(self.names)}

    @classmethod
    def from_config(cls, config: Any, place: str) -> Self:
        """The inverse of ``to_config``.

        Raises:
            ConfigError: it is none, or its parts do not fit each other.
        """
        found: Self = fit_value(cls, config, place)
        fits = len(found.counts) == len(found.edges) + 1 and len(found.names) in {0, len(found.counts)}
        if not fits or min(found.counts) < 0 or not found.texts or not (np.diff(found.edges) > 0).all():
            raise ConfigError(f"{place}: edges, counts and names that make no histogram; train the model again")
        return found


def _edges(values: Floats) -> Floats:
    """A bin for each value that many texts share, as most have no unknown word; of the others tenths, fewer where they are few."""
    different, counts = np.unique(values, return_counts=True)
    common = different if len(different) <= BINS else different[counts * BINS >= len(values)]
    others = values[~np.isin(values, common)]
    parts = max(1, round(BINS * len(others) / max(1, len(values))))
    inner = np.quantile(others, np.arange(1, parts) / parts) if len(others) else others
    ends = np.nextafter(common, np.inf) if len(others) else common
    return np.unique(np.concatenate([different[:1], common, ends, inner, np.nextafter(different[-1:], np.inf)]))


def figures_of(task: Task, encoded: Sequence[NDArray[np.int32]], scores: ArrayLike) -> dict[str, Figure]:
    """What is watched of some texts.

    Args:
        task: scores → answers.
        encoded: the texts' ids, each (tokens, features).
        scores: their raw scores, (texts, scores).
    """
    return {**text_figures(encoded), **_answers(task, scores)}


def text_figures(encoded: Sequence[NDArray[np.int32]]) -> dict[str, Figure]:
    """The tokens of texts, each (tokens, features), and the share of these that the vocabulary does not hold."""
    lengths = np.array([len(ids) for ids in encoded], dtype=np.float64)
    unknown = np.array([np.count_nonzero(ids[:, 0] == UNKNOWN) for ids in encoded]) / lengths
    return {"length": Figure(lengths), "unknown words": Figure(np.round(unknown, DIGITS))}


def _answers(task: Task, scores: ArrayLike) -> dict[str, Figure]:
    """The most probable class and its probability, or the number; of a joint model each target's."""
    checked = np.asarray(scores)
    if isinstance(task, Joint):
        parts = {name: _answers(task.parts[name], checked[:, own]) for name, own in task.slices().items()}
        return {f"{name}.{what}": figure for name, figures in parts.items() for what, figure in figures.items()}
    chances, answers = task.probabilities(checked), task.predict(checked)
    if chances is None:
        return {"prediction": Figure(np.asarray(answers, dtype=np.float64))}
    names = tuple(map(str, task.settings()["classes"]))
    found = {
        "prediction": Figure(chances.argmax(axis=1).astype(np.float64), names),
        "confidence": Figure(np.round(chances.max(axis=1), DIGITS)),
    }
    if task.name == "multilabel":
        found["labels"] = Figure(np.array([len(labels) for labels in answers], dtype=np.float64))
    return found


def reference_of(task: Task, encoded: Sequence[NDArray[np.int32]], scores: ArrayLike) -> dict[str, dict[str, Any]]:
    """The histograms of what is watched, of the rows held out, as JSON can hold them; empty where there are none."""
    figures = figures_of(task, encoded, scores) if len(encoded) else {}
    return {name: Histogram.of(figure).to_config() for name, figure in figures.items()}


def read_reference(config: Any) -> dict[str, Histogram]:
    """What `reference_of` made.

    Raises:
        ConfigError: a part of it is none.
    """
    if not isinstance(config, Mapping):
        raise ConfigError(f"metrics.json: reference = {config!r}; expected a table of histograms")
    return {name: Histogram.from_config(own, f"metrics.json: reference: {name}") for name, own in config.items()}
