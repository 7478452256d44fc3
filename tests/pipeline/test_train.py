"""Preparing, training and saving are callable by themselves: rows are prepared once and trained on many times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from reread.data import split
from reread.data.examples import Examples
from reread.data.lists import examples_from_lists
from reread.pipeline.fit import fit
from reread.pipeline.fitted import Fitted
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.prepare import prepare
from reread.pipeline.prepared import Prepared
from reread.pipeline.run import Run
from reread.pipeline.splitting import share_held_out
from reread.pipeline.train import train
from reread.recipes import load_recipe
from reread.train.listener import Progress, Silent
from reread.typing import override

pytestmark = pytest.mark.usefixtures("one_thread")


def plan_of(small: Mapping[str, Any], **training: Any) -> Plan:
    settings = {**small["settings"], "training": {"epochs": 2, "threads": 1, "least_steps": 0, **training}}
    recipe = load_recipe("bilstm_max").with_settings(settings)
    return Plan(recipe=recipe, targets={"label": TargetPlan(task="classification")}, baseline=False)


@pytest.fixture
def prepared(texts: list[str], labels: list[str], small: dict[str, Any]) -> Prepared:
    return prepare(examples_from_lists(texts, {"label": labels}), plan_of(small), Silent())


def weights(fitted: Fitted) -> dict[str, torch.Tensor]:
    return fitted.net.state_dict()


def same(one: Fitted, other: Fitted) -> bool:
    pairs = zip(weights(one).values(), weights(other).values(), strict=True)
    return all(torch.equal(ours, theirs) for ours, theirs in pairs)


def test_rows_that_are_prepared_once_train_as_those_of_a_whole_fit(
    prepared: Prepared, texts: list[str], labels: list[str], small: dict[str, Any]
) -> None:
    whole = fit(examples_from_lists(texts, {"label": labels}), plan_of(small))
    assert same(train(prepared, plan_of(small)), whole)


def test_the_key_of_a_text_is_made_once(
    texts: list[str], labels: list[str], small: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def noted(text: str, normal_form: Callable[[str], str] = split.normal_form) -> str:
        made.append(text)
        return normal_form(text)

    monkeypatch.setattr(split, "normal_form", noted)
    fit(examples_from_lists(texts, {"label": labels}), replace(plan_of(small), baseline=True))
    assert made == texts


def test_a_tenth_is_held_out_unless_the_rows_are_many_or_a_share_is_asked_for() -> None:
    settings = load_recipe("standard").training
    assert [round(share_held_out(settings, rows) * rows) for rows in (10, 1000, 200_000, 1_000_000)] == [
        1, 100, 20_000, 20_000,
    ]  # fmt: skip
    asked = load_recipe("standard").with_settings({"training": {"validation": 0.2}}).training
    assert share_held_out(asked, 1_000_000) == 0.2
    few = [round(share_held_out(settings, rows, pretrained=True) * rows) for rows in (100, 600, 2000)]
    assert few == [20, 100, 200], "a pretrained network is judged by more rows"


def test_prepared_rows_train_many_times(prepared: Prepared, small: dict[str, Any], texts: list[str]) -> None:
    plans = [plan_of(small), plan_of(small, learning_rate=0.1), plan_of(small, epochs=3)]
    fitted = [train(prepared, plan) for plan in plans]
    assert same(train(prepared, plans[0]), fitted[0]), "nothing of a training stays in the rows"
    assert not same(fitted[1], fitted[0])
    assert [each.state.epoch >= 1 for each in fitted] == [True] * 3
    assert fitted[2].state.step > fitted[0].state.step
    assert all(len(each.model().predict(texts)) == len(texts) for each in fitted)


class Stopping(Silent):
    """Ends a run after so many steps."""

    def __init__(self, steps: int) -> None:
        self.steps, self.evaluations = steps, 0
        self.step = 0

    @override
    def on_step(self, state: Progress, total_steps: int) -> None:
        self.step = state.step

    @override
    def on_evaluation(self, record: Mapping[str, Any], *, best: bool) -> None:
        self.evaluations += 1

    @override
    def wants_stop(self) -> bool:
        return self.step >= self.steps


def test_a_listener_ends_a_run_which_is_evaluated_first(prepared: Prepared, small: dict[str, Any]) -> None:
    notes: list[str] = []
    listener = Stopping(3)
    listener.on_note = notes.append  # type: ignore[method-assign]
    fitted = train(prepared, plan_of(small, batch_size=8), Run(listener=listener))
    assert (fitted.state.step, fitted.state.stopped) == (3, "listener")
    assert listener.evaluations == len(fitted.state.history) == 1
    assert notes[-1] == "training was stopped by its listener, at step 3"
    cut = train(prepared, plan_of(small, batch_size=8, steps=3))
    assert np.array_equal(fitted.model().scores(["a good film"]), cut.model().scores(["a good film"]))


def soft_examples(texts: list[str], labels: list[str], share: float) -> Examples:
    other = {"pos": "neg", "neg": "pos"}
    return examples_from_lists(texts, {"label": [{label: share, other[label]: 1 - share} for label in labels]})


def test_sure_soft_labels_teach_what_labels_do(texts: list[str], labels: list[str], small: dict[str, Any]) -> None:
    plan = replace(plan_of(small), baseline=True)
    assert same(fit(soft_examples(texts, labels, 1.0), plan), fit(examples_from_lists(texts, {"label": labels}), plan))


def test_soft_labels_are_learned_in_part_and_held_out_as_the_likeliest(
    texts: list[str], labels: list[str], small: dict[str, Any]
) -> None:
    plan = replace(plan_of(small, validation=0.25), baseline=True)
    prepared = prepare(soft_examples(texts, labels, 0.7), plan, Silent())
    learned = prepared.weighted(prepared.train)
    assert len(learned.rows) == 2 * len(prepared.train)
    assert set(learned.weights.round(4)) == {np.float32(0.7), np.float32(0.3)}
    assert prepared.validation_targets == [labels[row] for row in prepared.validation]
    fitted = train(prepared, plan)
    unsure = fitted.model().predict_proba(texts).max(axis=1).mean()
    sure = fit(examples_from_lists(texts, {"label": labels}), plan).model().predict_proba(texts).max(axis=1).mean()
    assert unsure < sure
