"""Histograms of figures of texts: a few numbers, for any number of texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError
from reread.recipes.fitting import fit_value

Floats: TypeAlias = NDArray[np.float64]

BINS = 10  # of about as many texts each
MOST_NAMES = 50  # bins of classes: of more classes the most frequent have one each,
OTHERS = "others"  # and all others the last


@dataclass(frozen=True)
class Figure:
    """One number for each text, (texts,); where these are classes, their places among the names."""

    values: Floats
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Histogram:
    """How many texts have a figure in each bin.

    Attributes:
        edges: between the bins, rising; a value equal to an edge belongs to the bin above it.
        counts: texts in each bin, one more than there are edges.
        mean: of the figure over these texts; meaningless for classes.
        names: of the bins, if they are classes.
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
        """The histogram of a figure, with bins chosen by its values.

        Each value has a bin if there are few values, else each tenth of the texts; two more bins lie below and above.
        """
        names = _bin_names(figure)
        edges = np.arange(1, len(names), dtype=np.float64) if names else _edges(figure.values)
        return cls(tuple(edges.tolist()), (0,) * (len(edges) + 1), 0.0, names).plus(figure)

    def empty(self) -> Self:
        """The same bins with nothing in them."""
        return type(self)(self.edges, (0,) * len(self.counts), 0.0, self.names)

    def plus(self, figure: Figure) -> Self:
        """The same bins with more texts in them."""
        values = self._places(figure) if self.names else figure.values
        more = np.bincount(np.searchsorted(self.edges, values, side="right"), minlength=len(self.counts))
        texts = self.texts + len(values)
        mean = (self.texts * self.mean + float(values.sum())) / max(1, texts)
        return type(self)(self.edges, tuple((np.array(self.counts) + more).tolist()), mean, self.names)

    def _places(self, figure: Figure) -> Floats:
        """The bin of each text's class: that of its name, or of the others."""
        bins, others = {name: place for place, name in enumerate(self.names)}, len(self.names) - 1
        places = np.array([bins.get(name, others) for name in figure.names], dtype=np.float64)
        return places[figure.values.astype(np.int64)]

    def to_config(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {"edges": list(self.edges), "counts": list(self.counts), "mean": self.mean, "names": list(self.names)}

    @classmethod
    def from_config(cls, config: Any, place: str) -> Self:
        """The inverse of ``to_config``.

        Raises:
            ConfigError: it is not a histogram, or its parts do not fit together.
        """
        histogram: Self = fit_value(cls, config, place)
        fits = len(histogram.counts) == len(histogram.edges) + 1 and len(histogram.names) in {0, len(histogram.counts)}
        if not fits or min(histogram.counts) < 0 or not histogram.texts or not (np.diff(histogram.edges) > 0).all():
            raise ConfigError(f"{place}: edges, counts and names that make no histogram; train the model again")
        return histogram


def _bin_names(figure: Figure) -> tuple[str, ...]:
    """A name for each class, in the order of the classes; of very many, the most frequent and one for all others."""
    if len(figure.names) <= MOST_NAMES:
        return figure.names
    counts = np.bincount(figure.values.astype(np.int64), minlength=len(figure.names))
    frequent = np.argsort(-counts, kind="stable")[: MOST_NAMES - 1]
    return (*(figure.names[place] for place in np.sort(frequent)), OTHERS)


def _edges(values: Floats) -> Floats:
    """Edges of the bins: one bin for each value that many texts share, and about tenths of the other texts.

    A common value is 0 unknown words, for example.
    """
    different, counts = np.unique(values, return_counts=True)
    common = different if len(different) <= BINS else different[counts * BINS >= len(values)]
    others = values[~np.isin(values, common)]
    parts = max(1, round(BINS * len(others) / max(1, len(values))))
    inner = np.quantile(others, np.arange(1, parts) / parts) if len(others) else others
    ends = np.nextafter(common, np.inf) if len(others) else common
    return np.unique(np.concatenate([different[:1], common, ends, inner, np.nextafter(different[-1:], np.inf)]))
