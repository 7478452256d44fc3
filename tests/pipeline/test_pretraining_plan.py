"""What to pretrain."""

from __future__ import annotations

import pytest

from reread.pipeline.pretraining_plan import SHORT, PretrainingPlan, for_pretraining
from reread.recipes import load_recipe

RECIPE = for_pretraining(load_recipe("standard"))


@pytest.mark.parametrize(("length", "predict"), [(SHORT, "bag"), (SHORT + 1, "next")])
def test_short_texts_are_predicted_as_bags(length: int, predict: str) -> None:
    assert PretrainingPlan(recipe=RECIPE).predicting_in(10, 10 * length).predict == predict


@pytest.mark.parametrize("asked", ["next", "bag"])
def test_what_is_asked_for_is_predicted_at_any_length(asked: str) -> None:
    plan = PretrainingPlan(recipe=RECIPE, predict=asked)
    assert plan.predicting_in(10, 1).predict == plan.predicting_in(10, 100_000).predict == asked
