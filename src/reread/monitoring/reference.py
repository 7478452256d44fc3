"""The texts and answers of training: figures of the rows held out, as small histograms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.bundle import NETWORK
from reread.ids import UNKNOWN
from reread.monitoring.figures import Figures, share, task_figures
from reread.monitoring.histogram import Figure, Histogram
from reread.recipes.fitting import fit_table, fit_value
from reread.scoring.joint_postprocessor import AnyPostprocessor

LENGTH, UNKNOWN_WORDS = TEXT_FIGURES = ("length", "unknown words")


def figures_of(postprocessor: AnyPostprocessor, encoded: Sequence[NDArray[np.int32]], scores: ArrayLike) -> Figures:
    """The monitored figures of texts and their answers.

    Args:
        postprocessor: scores → answers.
        encoded: the texts' ids, each (tokens, features).
        scores: their raw scores, (texts, scores).
    """
    return {**text_figures(encoded), **answer_figures(postprocessor, scores)}


def text_figures(encoded: Sequence[NDArray[np.int32]]) -> Figures:
    """The number of tokens of texts, each (tokens, features), and the share of them that the vocabulary lacks."""
    lengths = np.array([len(ids) for ids in encoded], dtype=np.float64)
    unknown = np.array([np.count_nonzero(ids[:, 0] == UNKNOWN) for ids in encoded]) / lengths
    return {LENGTH: Figure(lengths), UNKNOWN_WORDS: share(unknown)}


def answer_figures(postprocessor: AnyPostprocessor, scores: ArrayLike) -> Figures:
    """The monitored figures of answers with these raw scores, (texts, scores); in a joint model, of each target."""
    return task_figures(postprocessor.task, np.asarray(postprocessor.calibrated(scores), dtype=np.float64))


def reference_of(
    postprocessor: AnyPostprocessor, encoded: Sequence[NDArray[np.int32]], scores: ArrayLike, part: str
) -> dict[str, Any]:
    """The histograms of the monitored figures of the rows held out, for JSON; empty if there are no rows.

    Args:
        postprocessor: scores → answers.
        encoded: the texts' ids, each (tokens, features).
        scores: their raw scores by a model that has not seen them, (texts, scores).
        part: the part of the model folder that gives such scores.
    """
    if not len(encoded):
        return {}
    groups = {"texts": text_figures(encoded), "answers": answer_figures(postprocessor, scores)}
    histograms = {
        group: {name: Histogram.of(figure).to_config() for name, figure in figures.items()}
        for group, figures in groups.items()
    }
    return {**histograms, "part": part}


class Reference(NamedTuple):
    """The texts and answers of training.

    Attributes:
        figures: the histogram of each.
        part: the part of the model folder whose answers they are.
    """

    figures: dict[str, Histogram]
    part: str


def read_reference(config: Any) -> Reference:
    """The inverse of `reference_of`; in folders of older versions answers are the network's, or not monitored at all.

    Raises:
        ConfigError: a part of it is not a histogram.
    """
    place = "metrics.json: reference"
    groups = {"part": NETWORK, **fit_value(Mapping[str, Any], config, place)}
    if LENGTH in groups:
        texts = {name: histogram for name, histogram in groups.items() if name in TEXT_FIGURES}
        groups = {"texts": texts, "answers": {}, "part": NETWORK}
    groups = fit_table(groups, {"texts": Mapping[str, Any], "answers": Mapping[str, Any], "part": str}, place)
    texts = fit_table(groups["texts"], dict.fromkeys(TEXT_FIGURES, Any), f"{place}: texts")
    each = {**texts, **groups["answers"]}
    figures = {name: Histogram.from_config(histogram, f"{place}: {name}") for name, histogram in each.items()}
    return Reference(figures, groups["part"])
