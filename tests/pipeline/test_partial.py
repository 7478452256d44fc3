"""An interrupted run goes on with what it chose by looking at its machine, or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reread.data.fingerprint import Fingerprint
from reread.errors import ConfigError
from reread.kernel import available
from reread.pipeline.machine_choices import resolve
from reread.pipeline.partial import PartialRun
from reread.pipeline.plan import Plan, TargetPlan
from reread.recipes import load_recipe
from reread.train.checkpoint import write_checkpoint

DATA = Fingerprint(2, 9, ("text", "label"), "")
TINY = {"hidden": 4, "embedding_dim": 4}


def plan(**training: object) -> Plan:
    recipe = load_recipe("bilstm_max").with_settings(
        {"model": TINY, "training": {"threads": 1, "device": "cpu", **training}}
    )
    return Plan(recipe=recipe, targets={"label": TargetPlan(task="classification")})


@pytest.fixture
def partial(tmp_path: Path) -> PartialRun:
    """A run that was begun with the kernel's portable level."""
    found = PartialRun(tmp_path / "x.reread")
    begun = plan(engine="kernel-portable")
    found.begin(begun.trained_by(resolve(begun.recipe.training, begun.recipe.model)), DATA)
    return found


@pytest.mark.parametrize("engine", ["auto", "kernel", "kernel-portable"])
def test_the_engine_is_kept_whatever_would_be_chosen_now(
    partial: PartialRun, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reread.train.engine._seconds", lambda _, name, *_precision: name != "torch")
    best = available()[0]
    expected = "torch" if best == "portable" else f"kernel-{best}"
    assert resolve(plan().recipe.training, plan().recipe.model).engine == expected
    assert partial.resume(plan(engine=engine), DATA).recipe.training.engine == "kernel-portable"


def test_a_machine_without_it_is_told(partial: PartialRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reread.train.engine.available", lambda: ("avx2",))
    with pytest.raises(ConfigError) as told:
        partial.resume(plan(), DATA)
    assert str(told.value) == (
        'resume=True: the interrupted run chose training.engine = "kernel-portable": this network has kernel-avx2, torch here; '
        "resume on a machine that has it, or start afresh with overwrite=True"
    )
    assert partial.exists()


@pytest.mark.parametrize(("name", "value"), [("engine", "torch"), ("threads", 2), ("precision", "bfloat16")])
def test_another_choice_is_refused(partial: PartialRun, name: str, value: object) -> None:
    with pytest.raises(
        ConfigError, match=rf"^resume=True: training\.{name} = {value} differs from the interrupted run's "
    ):
        partial.resume(plan(**{name: value}), DATA)


def test_the_minutes_may_be_others(partial: PartialRun) -> None:
    assert partial.resume(plan(minutes=3), DATA).recipe.training.minutes == 3


def test_one_run_at_a_time_holds_the_folder(tmp_path: Path) -> None:
    first, second = PartialRun(tmp_path / "x.reread"), PartialRun(tmp_path / "x.reread")
    with first.held():
        first.begin(plan(), DATA)
        for enter in (second.check_free, second.held().__enter__):
            with pytest.raises(ConfigError, match=rf"another training writes this folder \(process {os.getpid()}\)"):
                enter()
        first.remove()
        with pytest.raises(ConfigError, match="another training"):
            second.check_free()
    assert not first.folder.exists()
    second.check_free()
    with second.held():
        second.begin(plan(), DATA)
    assert {path.name for path in second.folder.iterdir()} == {"run.json"}, "what was kept, and no lock"


def test_what_is_kept_is_named(partial: PartialRun) -> None:
    assert partial.kept() == []
    for name in ("vectors.safetensors", "linear.safetensors", "linear.safetensors-1"):
        Path(partial.folder, name).touch()
    assert partial.kept() == ["the word vectors", "the linear member", "the linear member of round 1"]
    write_checkpoint(partial.pretraining, {}, {"step": 7})
    write_checkpoint(partial.checkpoint, {}, {"step": 1234})
    assert partial.kept() == [
        "the state of pretraining at step 7",
        "the word vectors",
        "the linear member",
        "the network as of step 1,234",
        "the linear member of round 1",
    ]
