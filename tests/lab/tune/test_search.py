"""Searches on a small network: what trials share, what ends one, what is never read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reread.data.examples import ColumnRequest, Examples, TargetRequest, read_examples
from reread.errors import ConfigError
from reread.lab.tune.budget import UNBOUNDED, Budget
from reread.lab.tune.checks import completed, named, tried
from reread.lab.tune.kinds import Choice, LogRange, Range
from reread.lab.tune.search import CUT, UNPROMISING, Search
from reread.lab.tune.shared import Shared
from reread.lab.tune.space import Space, space_of
from reread.lab.tune.standing import Standing
from reread.lab.tune.study import Study
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.train import train
from reread.recipes import load_recipe
from reread.train.listener import Silent
from support.tiny import opinions

SMALL = {
    "model": {"hidden": 4, "embedding_dim": 4, "latent": [4]},
    "training": {"steps": 12, "batch_size": 8, "evaluations": 6, "threads": 1, "warmup": 0},
    "text": {"min_count": 1},
}


class Heard(Silent):
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.stages: list[str] = []
        self.trials: list[Standing] = []

    def on_note(self, note: str) -> None:
        self.notes.append(note)

    def on_stage(self, stage: str) -> None:
        self.stages.append(stage)

    def on_trial(self, trial: Standing, best: Standing | None) -> None:
        self.trials.append(trial)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Examples:
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    path.write_text(opinions(40), encoding="utf-8")
    return read_examples(path, ColumnRequest(targets=(TargetRequest("label", "label"),)))


def plan_of(examples: Examples, task: str = "classification", **settings: Mapping[str, Any]) -> Plan:
    tables = {name: {**SMALL.get(name, {}), **settings.get(name, {})} for name in {**SMALL, **settings}}
    recipe = load_recipe("bilstm_max").with_settings(tables)
    return completed(Plan(recipe=recipe, targets={"label": TargetPlan(task=task)}), examples)


def searched(
    examples: Examples, plan: Plan, space: Space, folder: Path, most: int | None, *, budget: Budget = UNBOUNDED
) -> tuple[Heard, Study]:
    heard = Heard()
    space = space.around(plan.recipe)
    with Shared(examples, heard) as shared:
        study = Study(folder, space, defaults=space.values_of(plan.recipe), identity={}, maximise=True, seed=0)
        improved: list[Standing] = []
        with study:
            Search(
                study=study, plan=plan, own=plan.recipe, shared=shared, headline="accuracy", budget=budget, most=most, watcher=heard,
                improved=improved.append,
            ).run()  # fmt: skip
    assert improved[-1:] == ([study.best()] if study.best() else [])
    return heard, study


RATES = Space("rates", {"training.learning_rate": LogRange(1e-3, 1e-1), "model.hidden": Choice((4, 6))})


def test_rows_are_prepared_once_and_the_linear_member_is_trained_once(examples: Examples, tmp_path: Path) -> None:
    heard, study = searched(examples, plan_of(examples), RATES, tmp_path, 4)
    assert heard.stages.count("counting the vocabulary") == 1
    assert [stage for stage in heard.stages if "linear" in stage] == ["trial 0: training the linear member"]
    assert [trial.number for trial in heard.trials] == [0, 1, 2, 3]
    assert heard.trials[0].settings == {"training.learning_rate": 0.002, "model.hidden": 4}
    assert all(trial.seconds >= trial.training_seconds > 0 for trial in heard.trials)
    assert study.standings() == heard.trials


def test_a_trial_is_the_training_of_its_settings(examples: Examples, tmp_path: Path) -> None:
    plan = plan_of(examples)
    heard, _ = searched(examples, plan, RATES, tmp_path, 3)
    for trial in heard.trials:
        changed = plan.recipe.with_settings(RATES.around(plan.recipe).applied(trial.settings, plan.recipe))
        with Shared(examples, Silent()) as shared:
            fitted = train(shared.prepared(plan), replace(plan, recipe=changed))
        assert fitted.validation["accuracy"] == trial.value


def test_other_settings_of_texts_prepare_the_rows_again_and_hold_out_the_same(examples: Examples) -> None:
    plan, heard = plan_of(examples), Heard()
    other = plan_of(examples, text={"min_count": 2}, training={"learning_rate": 0.1})
    with Shared(examples, heard) as shared:
        first, second = shared.prepared(plan), shared.prepared(other)
        assert shared.prepared(plan) is first
    assert heard.stages.count("counting the vocabulary") == 2
    assert len(first.encoder.vocabularies[0]) > len(second.encoder.vocabularies[0])
    assert first.validation.tolist() == second.validation.tolist()


def test_equal_word_vectors_are_trained_once(examples: Examples, tmp_path: Path) -> None:
    plan = plan_of(examples, vectors={"source": "word2vec", "deterministic": True, "min_count": 1})
    heard, _ = searched(examples, plan, RATES, tmp_path, 3)
    assert {trial.state for trial in heard.trials} == {"done"}
    with Shared(examples, Silent()) as shared:
        places = [shared.vectors(each) for each in (plan, plan_of(examples), plan)]
    assert places[0] == places[2]
    assert places[1] is None


def test_settings_that_cannot_be_trained_end_their_trial_alone(examples: Examples, tmp_path: Path) -> None:
    rates = Space("rates", {"training.learning_rate": Choice((1e30, 1e29))})
    plan = plan_of(examples, training={"clip": "none", "optimiser": "sgd"})
    heard, study = searched(examples, plan, rates, tmp_path, 8)
    ends = {trial.settings["training.learning_rate"] > 1: (trial.state, trial.note[-19:]) for trial in heard.trials}
    assert ends.keys() == {True, False}
    assert ends[False][0] == "done"
    assert ends[True][0] == "pruned"
    assert any("lower the learning rate" in trial.note for trial in study.standings())


def test_defaults_that_cannot_be_trained_are_an_error(examples: Examples, tmp_path: Path) -> None:
    plan = plan_of(examples, training={"learning_rate": 1e30, "clip": "none", "optimiser": "sgd"})
    with pytest.raises(Exception, match="lower the learning rate"):
        searched(examples, plan, RATES, tmp_path, 2)


def test_a_trial_that_the_time_cuts_has_no_figure(
    examples: Examples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Budget, "allows", lambda *_: True)
        patched.setattr(Budget, "left", lambda *_: -20.0)
        heard, study = searched(examples, plan_of(examples), RATES, tmp_path, None, budget=Budget(0.0, 0.0))
        assert [(trial.state, trial.note) for trial in heard.trials] == [("failed", CUT)]
        assert study.best() is None
    _, study = searched(examples, plan_of(examples), RATES, tmp_path, 2)
    assert [(trial.state, trial.defaults) for trial in study.standings()] == [
        ("failed", True), ("done", True), ("done", False),
    ]  # fmt: skip


def test_an_interrupted_trial_is_tried_again(
    examples: Examples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("reread.lab.tune.search.train", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            searched(examples, plan_of(examples), RATES, tmp_path, 2)
    _, study = searched(examples, plan_of(examples), RATES, tmp_path, 2)
    assert [(trial.state, trial.defaults) for trial in study.standings()] == [
        ("failed", True), ("done", True), ("done", False),
    ]  # fmt: skip


def _interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_what_a_plan_cannot_have_is_left_out_and_said(examples: Examples) -> None:
    notes: list[str] = []
    space = space_of("bilstm_max").without(["model.hidden"])
    fitting = tried(space, plan_of(examples), examples, notes.append, strict=False)
    assert isinstance(fitting.settings["model.pooling"], Choice)
    assert "last" not in fitting.settings["model.pooling"].values  # it cannot read latent layers of both directions
    assert notes == []
    with pytest.raises(ConfigError, match="pooling last"):
        tried(space, plan_of(examples), examples, notes.append, strict=True)


def test_a_task_without_an_option_is_not_searched_for_it(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("text,stars\n" + "".join(f"film {k},{k % 5}.5\n" for k in range(30)), encoding="utf-8")
    rows = read_examples(path, ColumnRequest(targets=(TargetRequest("label", "number", "stars"),)))
    notes: list[str] = []
    fitting = tried(space_of("bilstm_max"), plan_of(rows, "regression"), rows, notes.append, strict=False)
    assert "training.label_smoothing" not in fitting.settings
    assert len(notes) == 1
    assert notes[0].startswith(
        "training.label_smoothing is not searched: training.label_smoothing = 0.2: label smoothing"
    )


def test_nothing_to_search(examples: Examples) -> None:
    with pytest.raises(ConfigError, match="nothing is left to search"):
        tried(Space("none", {}), plan_of(examples), examples, print, strict=False)


def test_what_is_named_covers_what_stands_under_it() -> None:
    kind = Range(0.0, 1.0)
    space = Space("s", {"model.hidden": kind, "training.parts.head.weight_decay": kind, "training.epochs": kind})
    assert named(space, ["model.hidden", "training.parts", "training.epoch"]) == {
        "model.hidden", "training.parts.head.weight_decay",
    }  # fmt: skip


def test_a_pruned_training_ends_at_once(examples: Examples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reread.lab.tune.study.Trial.report", lambda trial, _: not trial.defaults)
    heard, study = searched(examples, plan_of(examples), RATES, tmp_path, 3)
    assert [(trial.state, trial.note) for trial in heard.trials[1:]] == [("pruned", UNPROMISING)] * 2
    assert all(trial.value is None or math.isfinite(trial.value) for trial in study.standings())
