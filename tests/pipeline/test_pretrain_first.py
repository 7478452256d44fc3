"""A run that pretrains first: on which texts, what it starts from, and how it goes on after an interruption."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reread.data.examples import Examples
from reread.data.lists import examples_from_lists
from reread.data.subset import Subset
from reread.errors import ConfigError
from reread.pipeline.fit import fit
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.run import Run
from reread.recipes import load_recipe
from reread.train.listener import Silent
from reread.typing import override

MORE = [f"a marvellous tale of year {k % 5}" for k in range(40)]
MOMENT = 0.002  # minutes: a step or a few


def plan_of(minutes: float | None = MOMENT, **tables: Any) -> Plan:
    settings = {
        "model": {"embedding_dim": 6, "hidden": 4, "latent": [4]},
        "text": {"min_count": 1},
        "training": {"epochs": 1, "threads": 1, "validation": 0.2, "warmup": 0, "checkpoint_seconds": 1e-9},
    }
    merged = {name: {**settings.get(name, {}), **tables.get(name, {})} for name in {**settings, **tables}}
    recipe = load_recipe("standard").with_settings(merged)
    return Plan(
        recipe=recipe, targets={"label": TargetPlan(task="classification")}, baseline=False, pretrain_minutes=minutes
    )


def examples() -> Examples:
    texts = [f"{('good', 'bad')[k % 2]} film number{k}" for k in range(40)]
    return examples_from_lists(texts, {"label": ["pos", "neg"] * 20})


class Told(Silent):
    """Keeps the notes; interrupts in a stage, after its first step."""

    def __init__(self, stops_in: str = "") -> None:
        self.notes: list[str] = []
        self.stages = [""]
        self._stops_in = stops_in

    @override
    def on_note(self, note: str) -> None:
        self.notes.append(note)

    @override
    def on_stage(self, stage: str) -> None:
        self.stages.append(stage)

    @override
    def on_step(self, state: object, total_steps: int) -> None:
        if self._stops_in and self._stops_in == self.stages[-1] and state.step == 2:  # type: ignore[attr-defined]
            raise KeyboardInterrupt


def test_words_are_those_of_training_rows_and_unlabelled_texts_but_no_row_held_out() -> None:
    rows, told = examples(), Told()
    hidden = [*MORE, *[text for text in rows.texts if text.startswith("good")]]
    fitted = fit(rows, plan_of(), Run(listener=told), unlabelled=hidden)
    facts, words = fitted.pretrained, set(fitted.encoder.vocabularies[0].tokens)
    validation = [text.split()[-1] for text in Subset(rows.texts, fitted.held_out.rows)]
    assert len(validation) > 0
    assert not words.intersection(validation)
    assert {"marvellous", "film"} <= words
    assert facts["minutes"] == MOMENT
    assert facts["steps"] >= 1
    assert any("as the rows held out have them too" in note for note in told.notes)
    assert any(note.startswith("pretrained in ") for note in told.notes)


def test_rows_alone_can_be_pretrained_on() -> None:
    fitted = fit(examples(), plan_of())
    assert fitted.pretrained["words_taken_over"][0][0] > 1


@pytest.mark.parametrize("stops_in", ["turning texts into ids", "building the network"])
def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path, stops_in: str) -> None:
    """In pretraining, whose last stage before its steps is that of the ids; and after it, where it is not repeated."""
    run = {
        "checkpoint": tmp_path / "checkpoint.safetensors",
        "pretrained": tmp_path / "pretrained",
        "pretraining": tmp_path / "pretraining.safetensors",
    }
    plan, told = plan_of(60.0, training={"batch_size": 4}), Told(stops_in)
    with pytest.raises(KeyboardInterrupt):
        fit(examples(), plan, Run(listener=told, **run), unlabelled=MORE)
    before = stops_in == "turning texts into ids"
    assert run["pretraining"].exists() is before
    assert run["pretrained"].exists() is not before
    again = Told()
    fitted = fit(examples(), plan, Run(listener=again, resume=run["checkpoint"].exists(), **run), unlabelled=MORE)
    assert ("the network was pretrained before the interruption" in again.notes) is not before
    whole = fit(examples(), plan, unlabelled=MORE)
    theirs = whole.net.state_dict()
    assert all(np.array_equal(tensor, theirs[name]) for name, tensor in fitted.net.state_dict().items())


REFUSED: dict[str, dict[str, Any]] = {
    r"pretrain_minutes = 0: expected more than 0": {"minutes": 0.0},
    r"pretrain_minutes = 2: .* vectors.source = word2vec others": {"minutes": 2.0, "vectors": {"source": "word2vec"}},
    r"the rounds of training.self_training = 1 count": {"training": {"self_training": 1}},
    r"pretrain_minutes = 2 of 1 minutes in all leaves none": {"minutes": 2.0, "training": {"minutes": 1.0}},
    r"model.layers = 2: the second layer": {"model": {"layers": 2}},
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_contradicts_it_is_refused(message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        fit(examples(), plan_of(**REFUSED[message]), unlabelled=MORE)
