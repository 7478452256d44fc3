"""What cross-validation decides before a linear member is trained: features, losses, strengths, Platt scaling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np

from reread.baseline.cross_validation import (
    Chosen,
    CrossValidated,
    Examples,
    Ints,
    cross_validate,
    cross_validate_splits,
)
from reread.baseline.fitters import Floats, Problem
from reread.baseline.folds import LEAST_TEXTS
from reread.baseline.limits import sample

CHOOSING = 100_000_000  # features of all texts x scores: above, a sample of the texts decides
OutOfFold: TypeAlias = Literal["unasked", "cheap", "best"]
"""Whether texts are answered by models that have not seen them: where that takes little time, by models of the texts
that decide; or always, by models of all other folds."""


def choose(
    candidates: Sequence[Examples], fold: Ints | None, known: Sequence[Chosen] | None, *, out_of_fold: OutOfFold
) -> tuple[Examples, CrossValidated]:
    """The candidate that best answers texts it has not seen, and what cross-validation says of it.

    All candidates are compared on the same texts. Where nothing is compared, the last one is taken.

    Args:
        candidates: the same texts with different features; a later one must be better than those before.
        fold: of each text, (texts,); None: there are none.
        known: how each problem is solved, if it is known.
        out_of_fold: whether every text is answered by a model that has not seen it, and by what models.
    """
    (*_, last), always = candidates, out_of_fold == "best"
    rows = np.arange(len(last.weights))
    problems = last.problems(rows)
    if fold is None or not _answerable(fold, last.weights):
        chosen = known or _usual(problems)
        return last, CrossValidated(chosen, _without_features(problems, len(rows)) if always else None)
    deciding = rows
    if known is None:
        deciding = _deciding(candidates, fold, sum(len(problem.start) for problem in problems))
        if not len(deciding):
            known, deciding = _usual(problems), rows
    if known is not None and not always:
        return last, CrossValidated(known, None)
    best, found = _best(candidates, fold, deciding, known)
    if len(deciding) == len(rows):
        return best, found
    if always:
        return best, cross_validate(best, fold, found.chosen)
    scaled = _answered_by_some(best, fold, deciding, found.chosen) if out_of_fold == "cheap" else None
    return best, CrossValidated(found.chosen, scaled, found.platt_scaling, scaled)


def _answered_by_some(examples: Examples, fold: Ints, deciding: Ints, chosen: Sequence[Chosen]) -> Floats | None:
    """The scores of all texts, (texts, scores), by models of those of the deciding texts that are in other folds."""
    decides = np.isin(np.arange(len(fold)), deciding)
    splits = [
        (np.flatnonzero(decides & (fold != number)), np.flatnonzero(fold == number)) for number in np.unique(fold)
    ]
    return cross_validate_splits(examples, splits, chosen, sampled=True).scaled


def _answerable(fold: Ints, weights: Floats) -> bool:
    """Whether models can learn from the texts outside each fold: some of them must count."""
    return bool(np.count_nonzero(np.bincount(fold, weights)) > 1)


def _usual(problems: Sequence[Problem]) -> list[Chosen]:
    return [{problem.loss: [problem.usual] * problem.separate} for problem in problems]


def _without_features(problems: Sequence[Problem], texts: int) -> Floats:
    """The scores of texts of which nothing is known, (texts, scores)."""
    starts = np.concatenate([problem.expand(problem.start[None]) for problem in problems], axis=1)
    return np.repeat(starts, texts, axis=0)


def _deciding(candidates: Sequence[Examples], fold: Ints, scores: int) -> Ints:
    """The texts that decide: all, or a sample of them; none if the sample would be too small."""
    work, texts = max(each.features.numbers for each in candidates) * scores, len(fold)
    some = sample(texts, texts * CHOOSING // max(1, work), candidates[0].seed)
    if len(some) == texts:
        return some
    enough = len(some) >= LEAST_TEXTS and _answerable(fold[some], candidates[0].weights[some])
    return some if enough else some[:0]


def _best(
    candidates: Sequence[Examples], fold: Ints, rows: Ints, known: Sequence[Chosen] | None
) -> tuple[Examples, CrossValidated]:
    """The candidate with the least loss of some texts, the first of equal ones."""
    some = len(rows) < len(fold)
    found = [cross_validate(each.take(rows) if some else each, fold[rows], known, sampled=some) for each in candidates]
    best = min(range(len(found)), key=lambda place: found[place].loss)
    return candidates[best], found[best]
