"""Parts that were taken over stay as they are in the first steps, and learn after them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from reread.data.examples import Examples
from reread.data.lists import examples_from_lists
from reread.errors import ConfigError
from reread.pipeline.fit import fit
from reread.pipeline.fitted import Fitted
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.run import Run
from reread.pretrained import read_pretrained
from reread.recipes import load_recipe
from reread.train.listener import Silent
from reread.typing import override


def plan_of(folder: Path | None, **training: Any) -> Plan:
    settings = {
        "epochs": 4,
        "batch_size": 8,
        "threads": 1,
        "validation": 0.0,
        "warmup": 0,
        "patience": None,
        "ema": 0.9,
    }
    recipe = load_recipe("standard").with_settings(
        {
            "model": {"embedding_dim": 6, "hidden": 4, "latent": [4]},
            "text": {"min_count": 1},
            "training": {**settings, "checkpoint_seconds": 1e-9, **training},
        }
    )
    target = {"label": TargetPlan(task="classification")}
    first = None if folder is not None else 0.002
    where = None if folder is None else str(folder)
    return Plan(recipe=recipe, targets=target, baseline=False, pretrained=where, pretrain_minutes=first)


def examples() -> Examples:
    texts = [f"{('good', 'bad')[k % 2]} film number{k}" for k in range(32)]
    return examples_from_lists(texts, {"label": ["pos", "neg"] * 16})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pretrained network of the texts."""
    place = tmp_path_factory.mktemp("pretrained") / "p"
    fit(examples(), plan_of(None), Run(pretrained=place))
    return place


def taken_over(fitted: Fitted, folder: Path) -> list[bool]:
    """Whether each weight of the folder is unchanged in a network."""
    weights, known = fitted.net.state_dict(), read_pretrained(folder).weights
    return [torch.equal(weights[name][: len(each)], Tensor(each)) for name, each in known.items()]


def test_what_was_taken_over_learns_only_after_its_share_of_the_steps(folder: Path) -> None:
    held = fit(examples(), plan_of(folder, unfreezing=0.5, steps=8))
    assert held.state.step == 8
    assert all(taken_over(held, folder))
    heads = [fit(examples(), plan_of(folder, unfreezing=0.5, steps=k)).net.head.state_dict() for k in (1, 8)]
    assert any(not torch.equal(one, two) for one, two in zip(*(each.values() for each in heads), strict=True))
    assert not any(taken_over(fit(examples(), plan_of(folder, unfreezing=0.5)), folder))
    assert not any(taken_over(fit(examples(), plan_of(folder, steps=8)), folder))


class Stops(Silent):
    """Interrupts the run after a step."""

    def __init__(self, step: int) -> None:
        self._step = step

    @override
    def on_step(self, state: object, total_steps: int) -> None:
        if state.step == self._step:  # type: ignore[attr-defined]
            raise KeyboardInterrupt


@pytest.mark.parametrize("step", [5, 11])
def test_a_resumed_run_is_the_same_to_the_bit(folder: Path, tmp_path: Path, step: int) -> None:
    plan, checkpoint = plan_of(folder, unfreezing=0.5), tmp_path / "checkpoint.safetensors"
    with pytest.raises(KeyboardInterrupt):
        fit(examples(), plan, Run(listener=Stops(step), checkpoint=checkpoint))
    resumed = fit(examples(), plan, Run(checkpoint=checkpoint, resume=True)).net.state_dict()
    whole = fit(examples(), plan).net.state_dict()
    assert all(torch.equal(tensor, resumed[name]) for name, tensor in whole.items())


def test_nothing_is_held_where_nothing_is_taken_over() -> None:
    message = r"training\.unfreezing = 0\.2: the network takes over nothing that could be trained later; start from"
    plan = plan_of(None, unfreezing=0.2)
    with pytest.raises(ConfigError, match=message):
        fit(examples(), Plan(recipe=plan.recipe, targets=plan.targets))
