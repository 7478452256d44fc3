"""An earlier linear model's scores as features of a new one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reread.baseline.earlier_model import EarlierModel
from reread.baseline.earlier_scores import EarlierScores
from reread.baseline.linear import LinearModel
from reread.baseline.stored import baseline_from_parts
from reread.baseline.training import fit_linear
from reread.tasks import Task, tasks

GOOD = ["lovely", "great", "bright", "warm", "clever", "moving", "tender", "witty"]
BAD = ["dull", "cold", "dim", "clumsy", "tedious", "empty", "loud", "stale"]
random = np.random.default_rng(0)


def texts(count: int, words: int, seed: int) -> tuple[list[str], list[str]]:
    """Texts of good or bad words, the first few of each, among words that say nothing."""
    draw = np.random.default_rng(seed)
    labels = [("bad", "good")[k % 2] for k in range(count)]
    told = [(BAD, GOOD)[k % 2][draw.integers(words)] for k in range(count)]
    return [f"w{draw.integers(50)} {word} w{draw.integers(50)} w{draw.integers(50)}" for word in told], labels


def trained(rows: tuple[list[str], list[str]], **options: Any) -> tuple[Task, LinearModel]:
    task = tasks.get("classification").fit(rows[1])
    fold = np.arange(len(rows[0])) % 4
    weights = np.ones(len(rows[0]), np.float32)
    fit = fit_linear(rows[0], task.encode(rows[1]), task, "en", weights=weights, fold=fold, **options)
    return task, fit.model


@pytest.fixture(scope="module")
def earlier() -> LinearModel:
    return trained(texts(200, 8, seed=1))[1]


def test_few_texts_are_answered_better_with_the_scores_of_many(earlier: LinearModel) -> None:
    few, other = texts(24, 8, seed=2), texts(100, 8, seed=3)
    task, alone = trained(few)
    _, helped = trained(few, beside=EarlierModel(earlier))
    assert helped.earlier
    assert not alone.earlier
    losses = [task.losses(task.encode(other[1]), model.scores(other[0])).mean() for model in (alone, helped)]
    assert losses[1] < 0.8 * losses[0]


def test_the_result_is_one_linear_model_that_needs_the_earlier_one_no_more(earlier: LinearModel) -> None:
    task, model = trained(texts(24, 8, seed=2), beside=EarlierModel(earlier))
    kept = baseline_from_parts(model.description(), model.arrays())
    text = "a lovely cold w3 film"
    np.testing.assert_array_equal(kept.scores([text]), model.scores([text]))
    assert model.kinds == ("words", "characters", "words:2", "characters:2")
    again = trained(texts(40, 8, seed=4), beside=EarlierModel(model))[1]
    if again.earlier:
        assert len(set(again.kinds)) == len(again.kinds) == 6
    direction = np.eye(task.size)[1]
    of_ngrams = model.contributions(text, direction).added.sum()
    assert float(of_ngrams + model.intercept @ direction) == pytest.approx(
        float(model.scores([text])[0] @ direction), abs=1e-4
    )


def test_scores_that_say_nothing_do_no_harm() -> None:
    """Of labels that were drawn by chance."""
    rows = texts(200, 8, seed=1)
    labels = np.random.default_rng(5).permutation(rows[1]).tolist()
    by_chance = trained((rows[0], labels))[1]
    few, other = texts(60, 8, seed=6), texts(200, 8, seed=8)
    losses = [
        task.losses(task.encode(other[1]), model.scores(other[0])).mean()
        for task, model in (trained(few, beside=EarlierModel(by_chance)), trained(few))
    ]
    assert losses[0] < losses[1] + 0.1


def test_coefficients_of_scores_and_of_n_grams_say_the_same(earlier: LinearModel) -> None:
    some = texts(10, 8, seed=7)[0]
    scores, coefficients = EarlierScores.of(earlier, some), random.normal(size=(2, 3)).astype(np.float32)
    weighed = (
        (earlier.scores(some) - earlier.intercept) @ np.linalg.pinv(earlier.weights) @ scores.of_ngrams(coefficients)
    )
    np.testing.assert_allclose(weighed + scores.constant(coefficients), scores.features @ coefficients, atol=1e-3)
