"""Texts without targets beside the labelled ones of each step."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from reread.data.lists import examples_from_lists
from reread.errors import ConfigError
from reread.pipeline.fit import fit
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.run import Run
from reread.recipes import load_recipe
from reread.train.listener import Progress, Silent
from reread.typing import override

pytestmark = pytest.mark.usefixtures("one_thread")

MORE = [f"{word} film take {k} of {'abcdefgh'[k % 8]}" for k in range(20) for word in ("good", "awful")]


class KilledError(Exception):
    """Stands for a kill."""


class KilledAt(Silent):
    """Ends the process after the third step."""

    @override
    def on_step(self, state: Progress, last: int) -> None:
        if state.step == 3:
            raise KilledError


def plan_of(small: Mapping[str, Any], task: str = "classification", **training: Any) -> Plan:
    settings = {
        "epochs": 2, "threads": 1, "least_steps": 0, "validation": 0.25, "objective": "mixed", "unlabelled_batch": 8,
        "objective_options": {"perturbation": 1.0},
    }  # fmt: skip
    recipe = load_recipe("bilstm_max").with_settings({**small["settings"], "training": {**settings, **training}})
    return Plan(recipe=recipe, targets={"label": TargetPlan(task=task)}, baseline=False)


@pytest.mark.parametrize("objective", ["mixed", "virtual_adversarial"])
def test_a_run_with_texts_without_targets_learns_from_them_and_resumes_to_the_bit(
    texts: list[str], labels: list[str], small: dict[str, Any], tmp_path: Path, objective: str
) -> None:
    examples, plan = examples_from_lists(texts, {"label": labels}), plan_of(small, objective=objective)
    expected = fit(examples, plan, unlabelled=MORE)
    checkpoint = tmp_path / "checkpoint.safetensors"
    kept = plan_of(small, objective=objective, checkpoint_seconds=1e-9)
    with pytest.raises(KilledError):
        fit(examples, kept, Run(listener=KilledAt(), checkpoint=checkpoint), unlabelled=MORE)
    resumed = fit(examples, kept, Run(checkpoint=checkpoint, resume=True), unlabelled=MORE)
    without = fit(examples, plan_of(small, objective=objective, unlabelled_batch=0))
    assert resumed.state.words == expected.state.words > without.state.words
    for name, tensor in expected.net.state_dict().items():
        assert torch.equal(tensor, resumed.net.state_dict()[name])
    assert not torch.equal(expected.net.head[-1].weight, without.net.head[-1].weight)


@pytest.mark.parametrize(
    ("training", "given", "message"),
    [
        ({}, False, r"unlabelled_batch = 8 without texts to learn from; name some with unlabelled"),
        (
            {"objective": "plain", "objective_options": {}},
            True,
            r"the objective plain learns nothing from texts without targets; set training.objective to mixed or virtual",
        ),
        (
            {"unlabelled_weight": 0},
            True,
            r"unlabelled_batch = 8 with training.unlabelled_weight = 0 reads texts that count",
        ),
        ({"unlabelled_batch": 0}, True, r"nothing reads the unlabelled texts: set vectors.source"),
        ({"linear_self_training": True}, True, r"training.linear_self_training = true with baseline=False"),
    ],
)
def test_what_cannot_be_is_refused(
    small: dict[str, Any], training: dict[str, Any], message: str, *, given: bool
) -> None:
    examples = examples_from_lists(["good film", "bad film"] * 20, {"label": ["pos", "neg"] * 20})
    with pytest.raises(ConfigError, match=message):
        fit(examples, plan_of(small, **training), unlabelled=MORE if given else None)
