"""Every recipe trains from its TOML file, a few steps on a few texts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from reread.data.examples import Examples
from reread.data.lists import examples_from_lists
from reread.pipeline.fit import fit
from reread.pipeline.fitted import Fitted
from reread.pipeline.plan import Plan, TargetPlan, label_plan
from reread.recipes import Recipe, load_recipe, recipe_names

SMALL = {
    "model": {"hidden": 4, "embedding_dim": 4},
    "training": {"steps": 3, "batch_size": 8, "threads": 1, "validation": 0.25},
    "text": {"min_count": 1},
    "vectors": {"epochs": 1},
}
WORDS = ("lovely", "dull", "warm", "cold", "clever", "tedious", "bright", "dim")
TEXTS = [
    f"a {WORDS[k % 8]} and {WORDS[(k // 3) % 8]} film, take {k}: not my {WORDS[(k + 5) % 8]}est" for k in range(40)
]


def small(name: str) -> Recipe:
    return load_recipe(name).with_settings(SMALL)


def trained(recipe: Recipe, targets: dict[str, list[Any]], plans: dict[str, TargetPlan]) -> tuple[Examples, Fitted]:
    examples = examples_from_lists(TEXTS, targets)
    return examples, fit(examples, Plan(recipe=recipe, targets=plans, language="en", baseline=False))


@pytest.mark.parametrize("name", recipe_names())
def test_a_recipe_trains_and_answers(name: str) -> None:
    labels = [1 + k % 5 for k in range(40)] if name == "yelp_keras" else [("neg", "pos")[k % 2] for k in range(40)]
    _, fitted = trained(small(name), {"label": labels}, {"label": label_plan("label", labels)})
    assert fitted.state.step == 3
    assert math.isfinite(fitted.state.loss)
    answers = fitted.network().predict_proba(TEXTS[:5])
    np.testing.assert_allclose(answers.sum(axis=1), 1)
    classes = ["negative", "positive"] if name == "yelp_keras" else ["neg", "pos"]
    assert set(fitted.network().predict(TEXTS)) <= set(classes)


def test_the_stacked_joint_recipe_learns_classes_and_numbers_together() -> None:
    targets = {"topic": [("film", "book")[k % 2] for k in range(40)], "stars": [float(k % 5) for k in range(40)]}
    plans = {"topic": TargetPlan(task="classification"), "stars": TargetPlan(task="regression", weight=0.5)}
    _, fitted = trained(small("stacked_joint"), targets, plans)
    assert {"topic.accuracy", "stars.rmse"} <= fitted.validation.keys()
    assert len(fitted.net.layers) == 2
    assert set(fitted.network().predict(TEXTS[:1])[0]) == {"topic", "stars"}


def test_an_option_that_no_target_takes_is_refused() -> None:
    numbers = [float(k) for k in range(40)]
    with pytest.raises(ValueError, match=r"^task\.above: regression has no such option; leave it out"):
        trained(small("yelp_keras"), {"stars": numbers}, {"stars": TargetPlan(task="regression")})


@pytest.mark.parametrize(
    "name", ["rnn", "lstm", "attention_lstm", "bilstm_max", "bisru_max", "bimin_max", "recurrent_context"]
)
def test_a_network_trains_under_the_papers_setting(name: str) -> None:
    recipe = load_recipe(name).under(load_recipe("paper-3"))
    own = load_recipe(name)
    assert recipe.model == own.model
    assert (recipe.training.learning_rate, recipe.training.steps, recipe.vectors.source) == (0.003, 1000, "word2vec")
    labels = [("neg", "pos")[k % 2] for k in range(40)]
    _, fitted = trained(recipe.with_settings(SMALL), {"label": labels}, {"label": label_plan("label", labels)})
    assert fitted.vectors["source"] == "word2vec"
