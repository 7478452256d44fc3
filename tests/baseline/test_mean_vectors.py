"""Means of given word vectors as features of a linear model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reread.baseline.cross_validation import CrossValidated
from reread.baseline.features import Features
from reread.baseline.grams.known_words import KnownWords
from reread.baseline.linear import LinearModel
from reread.baseline.mean_vectors import KIND, GivenVectors, dense_rows
from reread.baseline.stored import baseline_from_parts
from reread.baseline.training import fit_linear
from reread.tasks import tasks
from reread.text.encoder import TextSettings
from reread.vectors.word_vectors import WordVectors
from support.linear import FOLD, LABELS, TEXTS, dense, fitted, ones, sparse

SETTINGS = TextSettings.for_language("en")
WORDS = ("good", "superb", "bad", "awful", "film", "fun", "boring", "nowhere")
MEANINGS = np.array([[2, 1], [2, 1], [-2, 1], [-2, 1], [0, 1], [2, 0], [-2, 0], [0, 3]], np.float32)
GIVEN = GivenVectors.of(WordVectors(WORDS, MEANINGS), SETTINGS)


def score(model: LinearModel, text: str) -> float:
    """How much speaks for "pos"."""
    scores = model.scores([text])[0]
    return float(scores[1] - scores[0])


def test_a_word_of_no_training_text_means_what_its_neighbours_mean() -> None:
    _, fit = fitted(vectors=GIVEN)
    assert fit.model.kinds == ("words", "characters", KIND)
    assert score(fit.model, "superb") > score(fit.model, "nowhere") > score(fit.model, "awful")
    assert score(fit.model, "superb") > 0 > score(fit.model, "awful")
    _, without = fitted()
    assert score(without.model, "superb") == pytest.approx(score(without.model, "nowhere"), abs=0.2)


def test_what_is_learned_is_a_weight_of_each_word() -> None:
    """The same scores from the words' weights as from sums of vectors, which were learned from."""
    features = Features.learn(TEXTS, "en", 1000).with_vectors(TEXTS, GIVEN)
    assert features.vectors is not None
    rows = np.arange(len(TEXTS))
    scales = [ones(counts.width) for counts in features.counts]
    learned = features.weighed(rows, scales)
    assert learned.width == sum(counts.width for counts in features.counts[:-1]) + MEANINGS.shape[1]
    coefficients = np.random.default_rng(0).normal(size=(learned.width, 3)).astype(np.float32)
    weights = features.of_ngrams(coefficients)
    assert weights.shape == (len(features), 3)
    plain = replace(features, vectors=None).weighed(rows, scales)
    np.testing.assert_allclose(learned.times(coefficients), plain.times(weights), rtol=1e-4, atol=1e-5)


def test_vectors_are_taken_around_their_mean_and_in_units_of_the_texts() -> None:
    shares = GIVEN.words.counts(TEXTS).scaled(ones(len(WORDS)))
    around = GIVEN.centred(shares)
    frequencies = shares.frequencies()
    np.testing.assert_allclose(frequencies @ around, [0, 0], atol=1e-4)
    assert np.square(shares.times(around)).sum(axis=1).mean() == pytest.approx(1)
    np.testing.assert_allclose(around[0] - around[2], around[1] - around[3])
    longer = GivenVectors(GIVEN.words, 1000 * MEANINGS + 7)
    np.testing.assert_allclose(longer.centred(shares), around, rtol=1e-3, atol=1e-4)


def test_scales_of_known_words_follow_from_texts_alone() -> None:
    """What n-grams tell of the targets is not asked of them: words of no training text tell nothing."""
    task = tasks.get("classification").fit(LABELS)
    from reread.baseline.fitters import problems_of  # noqa: PLC0415

    features = Features.learn(TEXTS, "en", 1000)
    more, rows = features.with_vectors(TEXTS, GIVEN), np.arange(len(TEXTS))
    problems = problems_of(task, task.encode(LABELS), ones(len(TEXTS)))
    own, all_scales = (each.scales(rows, problems, ones(len(TEXTS))) for each in (features, more))
    for mine, theirs in zip(own, all_scales, strict=False):
        np.testing.assert_array_equal(mine, theirs)
    assert len(all_scales) == len(own) + 1
    assert (all_scales[-1] > 0).all()


def test_vectors_that_tell_nothing_are_left_out() -> None:
    same = GivenVectors.of(WordVectors(WORDS, np.ones((len(WORDS), 3), np.float32)), SETTINGS)
    _, fit = fitted(vectors=same, fold=FOLD)
    assert KIND not in fit.model.kinds
    _, without = fitted(fold=FOLD)
    np.testing.assert_array_equal(fit.model.scores(TEXTS), without.model.scores(TEXTS))


def test_cross_validation_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever of the two answers texts better that it has not seen."""
    losses = iter([0.5, 0.4, 0.5, 0.6])
    known = [{"logistic": [1.0]}]
    monkeypatch.setattr(
        "reread.baseline.choosing.cross_validate", lambda *_, **__: CrossValidated(known, None, loss=next(losses))
    )
    task = tasks.get("classification").fit(LABELS)
    kinds = [
        fit_linear(
            TEXTS, task.encode(LABELS), task, "en", weights=ones(len(TEXTS)), vectors=GIVEN, fold=FOLD
        ).model.kinds
        for _ in range(2)
    ]
    assert [KIND in each for each in kinds] == [True, False]


def test_texts_without_a_known_word() -> None:
    _, fit = fitted(vectors=GivenVectors.of(WordVectors(("zebra",), np.ones((1, 2), np.float32)), SETTINGS), fold=FOLD)
    assert np.isfinite(fit.model.scores(["zebra", "a film", ""])).all()


def test_a_model_is_kept_and_read_again() -> None:
    _, fit = fitted(vectors=GIVEN)
    read = baseline_from_parts(fit.model.description(), fit.model.arrays())
    texts = ["superb", "an awful film", "nothing"]
    np.testing.assert_array_equal(read.scores(texts), fit.model.scores(texts))
    assert isinstance(read.known[-1], KnownWords)


def test_each_word_is_told_its_part() -> None:
    _, fit = fitted(vectors=GIVEN)
    text, direction = "a superb film", np.array([-1.0, 1.0])
    told = fit.model.contributions(text, direction)
    assert told.added.sum() + fit.model.intercept @ direction == pytest.approx(score(fit.model, text), abs=1e-4)
    of_superb = told.added[(told.starts == 2) & (told.ends == 8)].sum()
    assert of_superb > 0


def test_dense_rows() -> None:
    numbers = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    np.testing.assert_array_equal(dense(dense_rows(numbers)), numbers)
    np.testing.assert_array_equal(dense(dense_rows(numbers).take(np.array([2, 0]))), numbers[[2, 0]])
    assert dense(dense_rows(numbers[:0])).shape == (0, 3)
    assert len(sparse(numbers).values) == 12
