"""What a person sees while `reread train` prepares: a word for each stage, and no step before there is one."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from rich.console import Console

from reread.apps.cli import console
from reread.data.lists import examples_from_lists
from reread.pipeline.fit import fit
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.run import Run
from reread.recipes import load_recipe
from reread.train.listener import Silent
from reread.train.state import State


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    shown = io.StringIO()
    monkeypatch.setattr(console, "errors", Console(file=shown, force_terminal=True, width=120, color_system=None))
    return shown


def test_the_bar_says_what_is_prepared_then_how_far_training_is(screen: io.StringIO) -> None:
    with console.TrainingView(quiet=False) as view:
        view.on_stage("counting the vocabulary")
        view._progress.refresh()
        before = screen.getvalue()
        view.on_step(State(step=3, seconds=2.0, words=400, loss=0.25), 12)
        view._progress.refresh()
        training = screen.getvalue()[len(before) :]
    assert "counting the vocabulary" in before
    assert not any(odd in before for odd in ("None", "nan", "0 words/s"))
    assert "training" in training
    assert "3/12 steps loss 0.250 200 words/s" in training


class Stages(Silent):
    """Keeps what is prepared, and when the first step was done."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def on_stage(self, stage: str) -> None:
        self.seen.append(stage)

    def on_step(self, *_: object) -> None:
        if "step" not in self.seen:
            self.seen.append("step")


def test_a_run_says_what_it_prepares() -> None:
    texts = [f"a {('lovely', 'dull')[k % 2]} film {k % 3}" for k in range(12)]
    tables = {"model": {"hidden": 4, "embedding_dim": 4}, "training": {"epochs": 1, "threads": 1}}
    plan = Plan(recipe=load_recipe("rnn").with_settings(tables), targets={"y": TargetPlan(task="classification")})
    listener = Stages()
    fit(examples_from_lists(texts, {"y": [k % 2 for k in range(12)]}), plan, Run(listener=listener))
    assert listener.seen == [
        "splitting the rows",
        "counting the vocabulary",
        "turning texts into ids",
        "training the linear member",
        "building the network",
        "step",
        "measuring the network on the rows held out",
    ]
