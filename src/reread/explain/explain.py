"""A text and a model → an explanation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError, DataError
from reread.explain import Explanation, Method, Span, methods
from reread.explain.method import Question
from reread.explain.sentences import sentences
from reread.registry import unknown_name
from reread.scoring.explained import Explained
from reread.tasks.aims import Aim

AUTO = "auto"
BEST = "deletion"
"""The method of auto, measured on held-out reviews with two networks each: benchmarks/results/faithfulness.md.

On waimai_10k its curves were the best. On IMDB integrated gradients, which need torch, were level with it, and better
for one network under deletion. Pooled words and attention were behind.
"""
LINEAR = "ngrams"
"""The method of auto where a linear member answers alone: it is exact."""
WORD, SENTENCE = UNITS = ("word", "sentence")

Scores: TypeAlias = NDArray[np.floating[Any]]


def explain(model: Explained, text: str, *, target: object = None, method: str = AUTO, unit: str = WORD) -> Explanation:
    """What each word or sentence of a text adds to an answer.

    Args:
        model: what model.
        text: the text.
        target: the class or label to explain; in an ordinal model, that class or a higher one; in a joint model, the
            part, or ``part=class``. None: the model's answer. For several labels that is the most probable one given
            (or of all, if none is given), for ordered classes what makes the answer higher, for a joint model its
            first part. `explain_each` explains all labels and parts.
        method: the method's name; auto is the one that was measured as most faithful, ``BEST``, or the exact one if a
            linear member answers alone.
        unit: word or sentence.

    Raises:
        ConfigError: an unknown target, method or unit, or one that does not fit this model.
        DataError: the text is not a string, or too long for the method.
        MissingExtraError: a library that the method needs is not installed.
    """
    return next(_explanations(model, text, target, method, unit))


def explain_each(
    model: Explained, text: str, *, target: object = None, method: str = AUTO, unit: str = WORD
) -> list[Explanation]:
    """An explanation of each label that is given, and of each part of a joint model; one of any other answer.

    Arguments and errors are those of `explain`, which gives the first of these explanations.
    """
    return list(_explanations(model, text, target, method, unit))


def is_linear(model: Explained) -> bool:
    """Whether a linear member answers alone, so that an explanation by its n-grams is exact."""
    return bool(model.linear_share() and not model.network_share())


def is_network(model: Explained) -> bool:
    """Whether a network answers alone, so that an explanation by what it reads is of the whole answer."""
    return model.network_share() == 1 and not model.linear_share()


def _explanations(model: Explained, text: str, target: object, method: str, unit: str) -> Iterator[Explanation]:
    if not isinstance(text, str):
        raise DataError(f"the text to explain is {type(text).__name__}, expected str")
    if unit not in UNITS:
        raise unknown_name("unit", unit, list(UNITS))
    best = LINEAR if is_linear(model) else BEST
    name = best if method == AUTO else method
    how = methods.get(name)()
    network = model.network() if how.of_network else None
    if target is not None and how.own_unit is not None:
        raise ConfigError(f'target "{target}": method {name} explains no answer in particular; leave the target out')
    scores, wordless = np.split(model.scores([text, ""]), 2)
    aims = model.task.aims(model.postprocessor.calibrated(scores)[0], target)
    tokens = model.spans(text)
    pieces = tokens if unit == WORD else sentences(text, tokens)
    for aim in aims if how.own_unit is None else aims[:1]:
        yield _explanation(
            name,
            how,
            Question(text=text, tokens=tokens, pieces=pieces, aim=aim, network=network, model=model),
            scores,
            wordless,
        )


def _explanation(name: str, how: Method, question: Question, scores: Scores, wordless: Scores) -> Explanation:
    """The explanation of one aim, with the model's scores of the text and of one without any word."""
    text, model, aim = question.text, question.model, question.aim
    part = _part(how, question)
    weights = how.weights(question).tolist() if question.pieces else []
    spans = tuple(
        Span(text[start:end], weight, start, end) for (start, end), weight in zip(question.pieces, weights, strict=True)
    )
    value = float(aim.of(scores)[0]) if part is None else _value_of_part(how, question, text)
    base = float(aim.of(wordless)[0]) if part is None else _value_of_part(how, question, "")
    answered = model.postprocessor.predict(scores)[0]
    return Explanation(
        text=text,
        method=name,
        account=how.account if part is None else f"{how.account} Of {part}.",
        answer=aim.name,
        unit=aim.unit,
        value=value,
        rest=value - sum(weights) if how.adds_up else None,
        spans=spans,
        own_unit=how.own_unit,
        probability=_probability(model, aim, scores),
        answered=answered if aim.target is None else answered[aim.target],
        target=aim.target,
        part=part,
        base=base if how.own_unit is None else None,
        members={} if part else {name: float(aim.weights @ each) for name, each in model.members(text).items()},
    )


def _part(how: Method, question: Question) -> str | None:
    """The part of a stack that the method explains, in words; None if it explains the whole model."""
    share = question.model.network_share()
    if how.of_linear:
        of_linear = question.model.linear_share()
        return None if share == 0 else f"the linear member alone, which counts {of_linear:.2f} of the stack"
    if not how.of_network or is_network(question.model):
        return None
    return f"the network alone, which counts {share:.2f} of the stack"


def _value_of_part(how: Method, question: Question, text: str) -> float:
    """The explained number of a text by that part alone; of the linear member, what it adds to the whole."""
    aim = question.aim
    if how.of_linear:
        return aim.offset + float(aim.weights @ question.model.members(text)["linear"])
    return float(aim.of(question.reader.scores([text]))[0])


def _probability(model: Explained, aim: Aim, scores: Scores) -> float | None:
    """The calibrated probability of the explained answer; None if it has none."""
    if not aim.classes:
        return None
    probabilities = model.postprocessor.probabilities(scores)
    of_target = probabilities[str(aim.target)] if isinstance(probabilities, dict) else probabilities
    return float(of_target[0, list(aim.classes)].sum())
