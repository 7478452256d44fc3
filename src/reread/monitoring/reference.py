"""What texts and answers were like when a model was trained: figures of the rows held out, as histograms of a few numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import singledispatch
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.ids import UNKNOWN
from reread.monitoring.histogram import Figure, Floats, Histogram
from reread.recipes.fitting import fit_table, fit_value
from reread.scoring.joint_postprocessor import AnyPostprocessor
from reread.tasks import Task
from reread.tasks.joint import Joint
from reread.tasks.multilabel import Multilabel
from reread.tasks.regression import Regression
from reread.tasks.single_label import SingleLabelTask

DIGITS = 4  # of shares and probabilities: what differs by rounding stays in its bin,
STEPS = 1000  # as numbers do, of which the task's scale has so many steps
LENGTH, UNKNOWN_WORDS = TEXT_FIGURES = ("length", "unknown words")
NO_LABEL = "(no label)"

Figures: TypeAlias = dict[str, Figure]


def figures_of(postprocessor: AnyPostprocessor, encoded: Sequence[NDArray[np.int32]], scores: ArrayLike) -> Figures:
    """What is watched of some texts and of the answers to them.

    Args:
        postprocessor: scores → answers.
        encoded: the texts' ids, each (tokens, features).
        scores: their raw scores, (texts, scores).
    """
    return {**text_figures(encoded), **answer_figures(postprocessor, scores)}


def text_figures(encoded: Sequence[NDArray[np.int32]]) -> Figures:
    """The tokens of texts, each (tokens, features), and the share of these that the vocabulary does not hold."""
    lengths = np.array([len(ids) for ids in encoded], dtype=np.float64)
    unknown = np.array([np.count_nonzero(ids[:, 0] == UNKNOWN) for ids in encoded]) / lengths
    return {LENGTH: Figure(lengths), UNKNOWN_WORDS: _share(unknown)}


def answer_figures(postprocessor: AnyPostprocessor, scores: ArrayLike) -> Figures:
    """What is watched of the answers to texts with these raw scores, (texts, scores); of a joint model each target's."""
    return _answers(postprocessor.task, np.asarray(postprocessor.calibrated(scores), dtype=np.float64))


@singledispatch
def _answers(task: Task, scores: Floats) -> Figures:
    """What is watched of the answers of calibrated scores, (texts, scores); of a kind of task not known here nothing is."""
    del task, scores
    return {}


@_answers.register(SingleLabelTask)
def _(task: SingleLabelTask, scores: Floats) -> Figures:
    chosen = Figure(task.choice(scores).astype(np.float64), tuple(map(str, task.classes)))
    return {"prediction": chosen, "confidence": _share(task.confidence(scores))}


@_answers.register(Multilabel)
def _(task: Multilabel, scores: Floats) -> Figures:
    """Of the labels that are given the most probable one, so that each text counts once; and how many these are."""
    names, chances = (*map(str, task.classes), NO_LABEL), task.probabilities(scores)
    given = chances > task.thresholds
    first = np.where(given.any(axis=1), np.where(given, chances, -1).argmax(axis=1), task.size)
    return {
        "prediction": Figure(first.astype(np.float64), names),
        "confidence": _share(chances.max(axis=1)),
        "labels": Figure(given.sum(axis=1).astype(np.float64)),
    }


@_answers.register(Regression)
def _(task: Regression, scores: Floats) -> Figures:
    step = task.scale / STEPS
    return {"prediction": Figure(np.round(np.array(task.predict(scores)) / step) * step)}


@_answers.register(Joint)
def _(task: Joint, scores: Floats) -> Figures:
    parts = {name: _answers(task.parts[name], scores[:, own]) for name, own in task.slices().items()}
    return {f"{name}.{what}": figure for name, figures in parts.items() for what, figure in figures.items()}


def _share(values: Floats) -> Figure:
    return Figure(np.round(values, DIGITS))


def reference_of(
    postprocessor: AnyPostprocessor, encoded: Sequence[NDArray[np.int32]], scores: ArrayLike
) -> dict[str, dict[str, dict[str, Any]]]:
    """The histograms of what is watched, of the rows held out, as JSON can hold them; empty where there are none."""
    if not len(encoded):
        return {}
    groups = {"texts": text_figures(encoded), "answers": answer_figures(postprocessor, scores)}
    return {
        group: {name: Histogram.of(figure).to_config() for name, figure in figures.items()}
        for group, figures in groups.items()
    }


def read_reference(config: Any) -> dict[str, Histogram]:
    """What `reference_of` made; of a folder of before, whose answers were not those that users see, the texts' figures alone.

    Raises:
        ConfigError: a part of it is none.
    """
    place = "metrics.json: reference"
    found = fit_value(Mapping[str, Any], config, place)
    if LENGTH in found:
        found = {"texts": {name: own for name, own in found.items() if name in TEXT_FIGURES}, "answers": {}}
    groups = fit_table(found, {"texts": Mapping[str, Any], "answers": Mapping[str, Any]}, place)
    texts = fit_table(groups["texts"], dict.fromkeys(TEXT_FIGURES, Any), f"{place}: texts")
    each = {**texts, **groups["answers"]}
    return {name: Histogram.from_config(own, f"{place}: {name}") for name, own in each.items()}
