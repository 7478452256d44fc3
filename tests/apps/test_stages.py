"""What a person sees while `reread train` prepares: a word for each stage, and no step before there is one."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from reread.apps.cli import console
from reread.apps.cli.training_log import TrainingLog
from reread.data.lists import examples_from_lists
from reread.errors import ConfigError
from reread.pipeline.fit import fit
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.run import Run
from reread.recipes import load_recipe
from reread.train.listener import Silent
from reread.train.state import State


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    shown = io.StringIO()
    as_screen = Console(file=shown, force_terminal=True, force_interactive=True, width=120, color_system=None)
    monkeypatch.setattr(console, "errors", as_screen)
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


def test_a_log_has_what_happens_as_lines_of_json(tmp_path: Path) -> None:
    with TrainingLog(tmp_path / "log") as log, console.TrainingView(quiet=True, log=log) as view:
        view.on_stage("reading data.csv")
        view.on_note("two rows")
        view.on_step(State(step=1, seconds=2.0, words=400, loss=math.nan), 2)
        view.on_step(State(step=2, seconds=2.5, words=800, loss=0.25), 2)
        view.on_evaluation({"step": 2, "epoch": 1.0, "seconds": 2.5, "loss": 0.25, "accuracy": 0.5}, best=True)
    lines = [json.loads(line) for line in (tmp_path / "log").read_text(encoding="utf-8").splitlines()]
    assert [each["event"] for each in lines] == ["stage", "note", "step", "step", "evaluation"]
    assert (lines[2]["step"], lines[2]["steps"], lines[2]["loss"]) == (1, 2, None)
    assert (lines[4]["accuracy"], lines[4]["kept"]) == (0.5, True)
    with pytest.raises(ConfigError, match="cannot be written"):
        TrainingLog(tmp_path / "nowhere" / "log")


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
