"""What cross-validation decides, and of which texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reread.baseline import choosing
from reread.baseline.choosing import OutOfFold, choose
from reread.baseline.cross_validation import CrossValidated, Examples, cross_validate
from reread.baseline.features import Features
from reread.baseline.fitters import problems_of
from reread.baseline.mean_vectors import GivenVectors
from reread.tasks import tasks
from reread.text.encoder import TextSettings
from reread.vectors.word_vectors import WordVectors
from support.linear import FOLD, LABELS, TEXTS, ones

WORDS = ("good", "bad", "film", "fun", "boring")
GIVEN = GivenVectors.of(WordVectors(WORDS, np.eye(5, dtype=np.float32)), TextSettings.for_language("en"))


def candidates() -> list[Examples]:
    """Without and with vectors."""
    task = tasks.get("classification").fit(LABELS)
    targets = task.encode(LABELS)
    plain = Examples(
        features=Features.learn(TEXTS, "en", 10_000),
        problems=lambda rows: problems_of(task, targets[rows], ones(len(rows))),
        weights=ones(len(TEXTS)),
    )
    return [plain, plain.with_vectors(TEXTS, GIVEN)]


class Watched:
    """Cross-validation that says what it was asked, and finds what the test wants."""

    def __init__(self, *losses: float) -> None:
        self.losses, self.asked = list(losses), list[tuple[Examples, NDArray[np.int64], Any]]()

    def __call__(
        self, examples: Examples, fold: NDArray[np.int64], known: Any = None, *, sampled: bool = False
    ) -> CrossValidated:
        assert sampled == (len(fold) < len(TEXTS))
        self.asked.append((examples, fold, known))
        scores = np.zeros((len(fold), 2), np.float32)
        return CrossValidated(known or [{"logistic": [3.0]}], scores, (), scores, self.losses[len(self.asked) - 1])


@pytest.mark.parametrize("out_of_fold", ["unasked", "cheap", "best"])
@pytest.mark.parametrize(("losses", "best"), [((0.5, 0.4), 1), ((0.4, 0.5), 0), ((0.5, 0.5), 0)])
def test_candidates_are_compared_on_the_same_texts_though_only_one_is_too_large(
    losses: tuple[float, float], best: int, *, out_of_fold: OutOfFold, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, more = candidates()
    assert plain.features.numbers < more.features.numbers
    watched = Watched(*losses, 0.1)
    monkeypatch.setattr(choosing, "CHOOSING", more.features.numbers - 1)  # scores of two classes are one number
    monkeypatch.setattr(choosing, "cross_validate", watched)
    chosen, found = choose([plain, more], FOLD, None, out_of_fold=out_of_fold)
    assert chosen is (plain, more)[best]
    assert found.chosen == [{"logistic": [3.0]}]
    first, second, *again = watched.asked
    assert len(first[1]) == len(TEXTS) - 1
    assert np.array_equal(first[1], second[1])
    assert np.array_equal(first[0].features.counts[0].values, second[0].features.counts[0].values)
    assert (first[2], second[2]) == (None, None)
    assert [(each, len(fold), known) for each, fold, known in again] == (
        [(chosen, len(TEXTS), [{"logistic": [3.0]}])] if out_of_fold == "best" else []
    )


def test_without_folds_or_with_known_strengths_the_last_candidate_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "cross_validate", lambda *_: 1 / 0)
    every = candidates()
    assert choose(every, None, None, out_of_fold="unasked")[0] is every[1]
    chosen, found = choose(every, FOLD, [{"logistic": [2.0]}], out_of_fold="unasked")
    assert (chosen, found.chosen) == (every[1], [{"logistic": [2.0]}])


def test_all_texts_decide_where_there_are_few() -> None:
    every = candidates()
    losses = [cross_validate(each, FOLD).loss for each in every]
    chosen, found = choose(every, FOLD, None, out_of_fold="best")
    assert found.loss == min(losses)
    assert chosen is every[losses.index(min(losses))]


def test_a_sample_shows_shifts_and_no_factors(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, _ = candidates()
    monkeypatch.setattr(choosing, "CHOOSING", plain.features.numbers // 2)
    _, found = choose([plain], FOLD, None, out_of_fold="unasked")
    [scaling] = found.platt_scaling
    assert scaling.factors.tolist() == [1.0]
    assert scaling.shifts[0] != 0
