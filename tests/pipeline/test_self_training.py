"""Self-training: what is labelled, what is learned from it, and what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from reread.data.learnable import LearnableTexts
from reread.data.lists import examples_from_lists
from reread.data.split import text_keys
from reread.errors import ConfigError
from reread.pipeline import unlabelled as unlabelled_texts
from reread.pipeline import vectors as vectors_module
from reread.pipeline.fit import fit
from reread.pipeline.fitted import Fitted
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.prepare import prepare
from reread.pipeline.run import Run
from reread.pipeline.self_training import labelled, self_train, taught
from reread.pipeline.train import train
from reread.pipeline.unlabelled import learnable_texts, new_texts
from reread.recipes import load_recipe
from reread.train.listener import Progress, Silent
from reread.typing import override
from reread.vectors.sentences import Sentences
from reread.vectors.word2vec import train_word2vec

pytestmark = pytest.mark.usefixtures("one_thread")

MORE = [f"{word} film take {k} of {'abcdefgh'[k % 8]}" for k in range(40) for word in ("good", "awful")]


class Heard(Silent):
    """Remembers notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    @override
    def on_note(self, note: str) -> None:
        self.notes.append(note)


class KilledError(Exception):
    """Stands for a kill."""


class KilledAt(Heard):
    """Ends the process in the second training, so many steps after its start."""

    @override
    def on_step(self, state: Progress, last: int) -> None:
        if any("round 1 of self-training" in note for note in self.notes) and state.step == 2:
            raise KilledError


def plan_of(small: Mapping[str, Any], task: str = "classification", **training: Any) -> Plan:
    settings = {"epochs": 2, "threads": 1, "least_steps": 0, "validation": 0.25, "self_training": 1}
    recipe = load_recipe("bilstm_max").with_settings({**small["settings"], "training": {**settings, **training}})
    return Plan(recipe=recipe, targets={"label": TargetPlan(task=task)})


def test_texts_of_the_rows_held_out_and_known_ones_are_dropped_and_counted(
    texts: list[str], labels: list[str], small: dict[str, Any]
) -> None:
    prepared, heard = prepare(examples_from_lists(texts, {"label": labels}), plan_of(small), Silent()), Heard()
    held_out = [texts[row].upper() for row in prepared.validation]
    every = [*MORE, *held_out, *texts, MORE[0]]
    kept = new_texts(prepared, learnable_texts(prepared, every, heard.on_note), 0, heard.on_note)
    assert list(kept) == MORE
    assert heard.notes == [
        f"{2 * len(held_out)} unlabelled texts left out, as the rows held out have them too",
        f"{len(MORE) + len(prepared.train) + 1} unlabelled texts; {len(prepared.train) + 1} texts known already",
    ]


def test_texts_that_teach_nothing_are_named(texts: list[str], labels: list[str], small: dict[str, Any]) -> None:
    prepared, heard = prepare(examples_from_lists(texts, {"label": labels}), plan_of(small), Silent()), Heard()
    known = [texts[row] for row in prepared.train]
    assert not len(new_texts(prepared, LearnableTexts(known, text_keys([])), 0, heard.on_note))
    assert heard.notes[-1].endswith("; none is new: nothing is learned from them")
    new_texts(prepared, LearnableTexts(["这部电影很好看", "味道很差"], text_keys([])), 0, heard.on_note)
    assert heard.notes[-1].startswith("the unlabelled texts are of another language than the rows (en)")


def test_of_many_texts_a_sample_is_used(
    texts: list[str], labels: list[str], small: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unlabelled_texts, "MOST", 10)
    prepared, heard = prepare(examples_from_lists(texts, {"label": labels}), plan_of(small), Silent()), Heard()
    more = learnable_texts(prepared, MORE, heard.on_note)
    kept = list(new_texts(prepared, more, 3, heard.on_note))
    assert len(set(kept)) == 10
    assert set(kept) < set(MORE)
    assert heard.notes == ["80 unlabelled texts; a sample of 10 is used"]
    assert kept == list(new_texts(prepared, more, 3, heard.on_note))


@pytest.mark.parametrize("task", ["classification", "multilabel", "ordinal"])
def test_what_is_taught_stands_behind_the_rows_and_holds_out_the_same(
    texts: list[str], labels: list[str], small: dict[str, Any], task: str
) -> None:
    targets = [[label] for label in labels] if task == "multilabel" else labels
    plan = plan_of(small, task)
    options = {"order": ["neg", "pos"]} if task == "ordinal" else {}
    plan = Plan(recipe=plan.recipe, targets={"label": TargetPlan(task=task, options=options)})
    prepared = prepare(examples_from_lists(texts, {"label": targets}), plan, Silent())
    fitted = train(prepared, plan)
    rows, shares = labelled(fitted, MORE)
    assert shares.shape == (len(rows), 2)
    more = taught(prepared, plan, [MORE[row] for row in rows], shares)
    assert list(more.texts) == [*texts, *(MORE[row] for row in rows)]
    assert more.validation.tolist() == prepared.validation.tolist()
    assert more.validation_targets == prepared.validation_targets
    learned = more.weighted(more.train)
    before = prepared.weighted(prepared.train)
    assert learned.targets[: len(before.rows)].tolist() == before.targets.tolist()
    again = train(more, plan)
    assert again.facts["taught_rows"] == len(rows)
    assert again.facts["train_rows"] == len(prepared.train)
    assert again.held_out is not None
    assert again.held_out.rows.tolist() == prepared.validation.tolist()


def test_many_texts_count_no_more_than_four_times_the_rows(
    texts: list[str], labels: list[str], small: dict[str, Any]
) -> None:
    prepared = prepare(examples_from_lists(texts, {"label": labels}), plan_of(small), Silent())
    many = [f"text {k}" for k in range(1000)]
    more = taught(prepared, plan_of(small), many, np.full((1000, 2), 0.5, np.float32))
    assert more.weights[-1000:].sum() == pytest.approx(4 * prepared.weights[prepared.train].sum(), rel=1e-5)


def result(fitted: Fitted, **figures: float) -> Fitted:
    """The same with other figures on the rows held out."""
    object.__setattr__(fitted.network_result, "validation", {**fitted.network_result.validation, **figures})
    return fitted


@pytest.mark.parametrize(("second", "kept"), [((0.5, 0.9), True), ((0.7, 0.9), False), ((0.5, 0.7), False)])
def test_a_round_is_kept_if_the_rows_held_out_say_so(
    texts: list[str], labels: list[str], small: dict[str, Any], second: tuple[float, float], *, kept: bool
) -> None:
    """The figures are log loss and accuracy of each training."""
    plan, heard = plan_of(small, self_training=2), Heard()
    plan = Plan(recipe=plan.recipe, targets=plan.targets, baseline=False)
    prepared = prepare(examples_from_lists(texts, {"label": labels}), plan, Silent())
    figures, parts = iter([(0.6, 0.8), second, (0.9, 0.9)]), list[str]()

    def trained(prepared: Any, plan: Plan, run: Run) -> Fitted:
        parts.append(run.part)
        least, right = next(figures)
        return result(train(prepared, plan, run), log_loss=least, accuracy=right)

    more = learnable_texts(prepared, MORE, heard.on_note)
    fitted = self_train(prepared, plan, Run(listener=heard), more, trained)
    assert bool(fitted.facts["taught_rows"]) == kept
    assert parts[:2] == [" of the first of 3 trainings", " of round 1 of self-training"]
    assert heard.notes[-1] == f"round {2 if kept else 1} is no better on the rows held out: the model before it is kept"


def test_killed_in_a_round_and_resumed_is_the_same_run(
    texts: list[str], labels: list[str], small: dict[str, Any], tmp_path: Path
) -> None:
    examples, plan = examples_from_lists(texts, {"label": labels}), plan_of(small, checkpoint_seconds=1e-9)
    expected = fit(examples, plan, unlabelled=MORE)
    files = {"checkpoint": tmp_path / "checkpoint.safetensors", "linear": tmp_path / "linear.safetensors"}
    with pytest.raises(KilledError):
        fit(examples, plan, Run(listener=KilledAt(), **files), unlabelled=MORE)
    assert (tmp_path / "checkpoint.safetensors-1").exists()
    resumed = fit(examples, plan, Run(resume=True, **files), unlabelled=MORE)
    assert resumed.facts == expected.facts
    for name, tensor in expected.net.state_dict().items():
        assert torch.equal(tensor, resumed.net.state_dict()[name])
    assert resumed.model().predict_proba(texts).tolist() == expected.model().predict_proba(texts).tolist()


def test_word2vec_reads_a_text_once_in_every_round_and_none_of_those_held_out(
    texts: list[str], labels: list[str], small: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    corpora: list[list[str]] = []

    def spy(sentences: Any, *arguments: Any, **options: Any) -> Any:
        corpora.append(list(sentences.texts))
        return train_word2vec(Sentences(corpora[-1], sentences.encoder), *arguments, **options)

    monkeypatch.setattr(vectors_module, "train_word2vec", spy)
    plan, heard = plan_of(small), Heard()
    recipe = plan.recipe.with_settings({"vectors": {"source": "word2vec", "deterministic": True, "min_count": 1}})
    plan = Plan(recipe=recipe, targets=plan.targets)
    examples = examples_from_lists(texts, {"label": labels})
    prepared = prepare(examples, plan, Silent())
    held_out = [texts[row] for row in prepared.validation]
    fit(examples, plan, Run(listener=heard), unlabelled=[*MORE, *held_out])
    expected = [*(texts[row] for row in prepared.train), *MORE]
    assert corpora == [expected, expected]
    left_out = [note for note in heard.notes if "left out" in note]
    assert left_out == [f"{len(held_out)} unlabelled texts left out, as the rows held out have them too"]


def test_what_cannot_be_is_refused(texts: list[str], labels: list[str], small: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="self_training = 1 without texts to learn from; name some with unlabelled"):
        fit(examples_from_lists(texts, {"label": labels}), plan_of(small))
    with pytest.raises(ConfigError, match="it needs one target of classes, whose probabilities label the texts"):
        fit(examples_from_lists(texts, {"label": [1.5] * 60}), plan_of(small, "regression"), unlabelled=MORE)


def test_no_teacher_learns_from_the_rows_that_judge_its_students(
    texts: list[str], labels: list[str], small: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through its labels a student would know what they are. The last student labels nothing, and learns from all."""
    plan = plan_of(small, self_training=2)
    prepared = prepare(examples_from_lists(texts, {"label": labels}), plan, Silent())
    answering: list[tuple[bool, int, int]] = []

    def trained(given: Any, plan: Plan, run: Run) -> Fitted:
        fitted = train(given, plan, run)
        assert fitted.baseline is not None
        answering.append((run.teaches, fitted.baseline.facts["rows"], len(given.weighted(given.train).rows)))
        return fitted

    monkeypatch.setattr("reread.pipeline.self_training._better", lambda *_: True)
    self_train(prepared, plan, Run(), learnable_texts(prepared, MORE, Silent().on_note), trained)
    assert [teaches for teaches, _, _ in answering] == [True, True, False]
    assert all(rows == given for teaches, rows, given in answering if teaches)
    assert answering[-1][1] == answering[-1][2] + len(prepared.validation)
