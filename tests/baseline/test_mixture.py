"""A linear model's scores mixed with those of an earlier one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reread.baseline.cross_validation import Examples, Solution
from reread.baseline.earlier_model import EarlierModel
from reread.baseline.earlier_scores import EarlierScores
from reread.baseline.features import Features
from reread.baseline.fitters import Floats, problems_of
from reread.baseline.linear import LinearModel
from reread.baseline.mixture import Mixture
from reread.baseline.training import LinearFit, fit_linear
from reread.tasks import Task, tasks

SHARED, OWN = range(300), range(1000, 1030)
KINDS = ("classification", "regression")


def rows(count: int, seed: int, kind: str, *, source: bool = False) -> tuple[list[str], list[Any]]:
    """Good or bad texts of the source's words; those of the target have fewer of these, and some of its own."""
    draw = np.random.default_rng(seed)
    good = draw.integers(2, size=count)
    parts = [(SHARED, 10, 0.7)] if source else [(SHARED, 6, 0.65), (OWN, 6, 0.75)]
    words = []
    for known, length, right in parts:
        said = np.where(draw.random((count, length)) < right, good[:, None], 1 - good[:, None])
        words.append(np.char.add(np.array(["b", "g"])[said], draw.choice(known, (count, length)).astype(str)))
    texts = [" ".join(each) for each in np.concatenate(words, axis=1).tolist()]
    return texts, [("bad", "good")[one] for one in good] if kind == "classification" else (100.0 * good).tolist()


def fitted(of: tuple[list[str], list[Any]], kind: str, **options: Any) -> tuple[Task, LinearFit]:
    task = tasks.get(kind).fit(of[1])
    fold, ones = np.arange(len(of[0])) % 5, np.ones(len(of[0]), np.float32)
    fit = fit_linear(of[0], task.encode(of[1]), task, "en", weights=ones, fold=fold, out_of_fold="best", **options)
    return task, fit


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def earlier(kind: str) -> LinearModel:
    return fitted(rows(1500, 1, kind, source=True), kind)[1].model


def learned(own: Floats, earlier: LinearModel, of: tuple[list[str], list[Any]], kind: str) -> tuple[Mixture, float]:
    """A mixture of given scores, and its loss."""
    task = tasks.get(kind).fit(of[1])
    targets, ones = task.encode(of[1]), np.ones(len(of[0]), np.float32)
    examples = Examples(
        features=Features.learn(of[0], "en", 10_000),
        problems=lambda some: problems_of(task, targets[some], ones[some]),
        weights=ones,
    )
    fold = np.arange(len(of[0])) % 5
    before = EarlierScores.of(earlier, of[0])
    mixture, found = Mixture.learn(own, before, examples, fold)
    return mixture, found.loss


def test_one_model_gives_the_mixed_scores_of_two(kind: str, earlier: LinearModel) -> None:
    own = fitted(rows(60, 2, kind), kind)[1].model
    size, draw = len(own.intercept), np.random.default_rng(0)
    mixture = Mixture(draw.normal(size=(2 * size, size)).astype(np.float32), draw.normal(size=size).astype(np.float32))
    model, texts = mixture.of(own, earlier), rows(20, 3, kind)[0]
    both = np.concatenate([own.scores(texts), earlier.scores(texts)], axis=1)
    expected = both @ mixture.coefficients + mixture.intercept
    np.testing.assert_allclose(model.scores(texts), expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())
    assert model.kinds == ("words", "characters", "words:2", "characters:2")
    again = Mixture.from_config(mixture.to_config())
    np.testing.assert_array_equal(again.coefficients, mixture.coefficients)
    np.testing.assert_array_equal(again.intercept, mixture.intercept)


def test_scores_that_say_nothing_get_little_weight(kind: str, earlier: LinearModel) -> None:
    of = rows(200, 4, kind)
    informed = fitted(of, kind)[1].out_of_fold
    assert informed is not None
    by_chance = np.random.default_rng(5).permutation(informed)
    (good, loss), (bad, more) = (learned(own, earlier, of, kind) for own in (informed, by_chance))
    size = len(earlier.intercept)
    assert loss < more
    assert np.abs(bad.coefficients[:size]).max() < 0.5 * np.abs(good.coefficients[:size]).max()


def test_the_unit_of_the_scores_does_not_matter(kind: str, earlier: LinearModel) -> None:
    of = rows(200, 4, kind)
    own = fitted(of, kind)[1].out_of_fold
    assert own is not None
    one, thousand = (learned(factor * own, earlier, of, kind)[0] for factor in (np.float32(1), np.float32(1024)))
    size = len(earlier.intercept)
    scale = np.abs(one.coefficients).max()
    np.testing.assert_allclose(1024 * thousand.coefficients[:size], one.coefficients[:size], atol=0.01 * scale)
    np.testing.assert_allclose(thousand.coefficients[size:], one.coefficients[size:], atol=0.01 * scale)


def test_what_the_texts_say_by_themselves_is_mixed_in(kind: str, earlier: LinearModel) -> None:
    of, other = rows(200, 2, kind), rows(1000, 3, kind)
    (task, alone), (_, fit) = fitted(of, kind), fitted(of, kind, beside=EarlierModel(earlier))
    assert fit.model.mixture is not None
    losses = [
        float(task.losses(task.encode(other[1]), model.scores(other[0])).mean())
        for model in (fit.model, alone.model, earlier)
    ]
    assert losses[0] < 0.95 * min(losses[1:])


def test_a_model_that_knows_the_texts_well_is_learned_from_as_features(kind: str, earlier: LinearModel) -> None:
    model = fitted(rows(200, 2, kind, source=True), kind, beside=EarlierModel(earlier))[1].model
    assert model.earlier
    assert model.mixture is None


def test_a_known_mixture_is_not_learned_again(kind: str, earlier: LinearModel) -> None:
    """As where the rows held out are learned from too, at the end."""
    of = rows(150, 6, kind)
    own = fitted(of, kind)[1].model
    size, draw = len(own.intercept), np.random.default_rng(0)
    mixture = Mixture(draw.normal(size=(2 * size, size)).astype(np.float32), draw.normal(size=size).astype(np.float32))
    known = {"known": Solution(own.chosen, own.platt_scaling)}
    alone = fitted(of, kind, **known)[1].model
    model = fitted(of, kind, beside=EarlierModel(earlier, mixture=mixture), **known)[1].model
    assert model.earlier
    assert model.mixture == mixture.to_config()
    np.testing.assert_allclose(model.scores(of[0]), mixture.of(alone, earlier).scores(of[0]), rtol=1e-5, atol=1e-5)
