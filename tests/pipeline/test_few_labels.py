"""Texts without labels, and nothing said about them: word vectors, self-training of the linear member, a network pretrained on short ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reread.data.lists import examples_from_lists
from reread.pipeline.fit import fit
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.pretrain_first import learned
from reread.pipeline.run import Run
from reread.pipeline.unlabelled import for_unlabelled
from reread.recipes import load_recipe
from reread.train.listener import Silent
from reread.typing import override
from support.few_labels import rows_of

pytestmark = pytest.mark.usefixtures("one_thread")


def plan_of(small: Mapping[str, Any], *, baseline: bool = True, **tables: Any) -> Plan:
    settings = {"epochs": 1, "threads": 1, "least_steps": 0, "validation": 0.2, **tables.pop("training", {})}
    recipe = load_recipe("bilstm_max").with_settings({**small["settings"], "training": settings, **tables})
    return Plan(recipe=recipe, targets={"label": TargetPlan(task="classification")}, baseline=baseline)


class Notes(Silent):
    def __init__(self) -> None:
        self.notes: list[str] = []

    @override
    def on_note(self, text: str) -> None:
        self.notes.append(text)


def test_texts_are_learned_from_without_a_setting_and_a_kept_member_is_not_made_again(
    small: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled, labels, others, new, truth = rows_of()
    examples, plan, notes = examples_from_lists(labelled, {"label": labels}), plan_of(small), Notes()
    kept = {name: tmp_path / f"{name}.safetensors" for name in ("vectors", "linear", "pretrained", "pretraining")}
    run = Run(**kept, listener=notes)
    monkeypatch.setattr("reread.pipeline.unlabelled.LEAST_ROWS", 1)
    monkeypatch.setattr("reread.pipeline.pretrain_first.learned", lambda *_: True)  # the order of words is random here
    alone, fitted = fit(examples, plan), fit(examples, plan, run, unlabelled=others)
    assert fitted.baseline is not None
    assert fitted.baseline.teacher is not None
    assert (fitted.vectors, fitted.pretrained["predict"]) == ({}, "bag"), "the texts are short"
    assert kept["vectors"].exists(), "for the linear member"
    assert any("taught by itself on 600 texts" in note for note in notes.notes)

    def right(model: Any) -> float:
        return float(np.mean([answer == label for answer, label in zip(model.predict(new), truth, strict=True)]))

    assert right(fitted.model()) > right(alone.model())
    for name in ("baseline.fit_linear", "vectors.train_word2vec", "pretrain_first.pretrain"):
        monkeypatch.setattr(f"reread.pipeline.{name}", None)
    again = fit(examples, plan, run, unlabelled=others)
    assert again.baseline is not None
    assert np.array_equal(again.baseline.scores(new), fitted.baseline.scores(new))


def test_rows_held_out_are_not_among_the_texts(small: dict[str, Any]) -> None:
    labelled, labels, others, _, _ = rows_of()
    examples, notes = examples_from_lists(labelled, {"label": labels}), Notes()
    fit(examples, plan_of(small), Run(listener=notes), unlabelled=[*others, *labelled])
    assert "12 unlabelled texts left out, as the rows held out have them too" in notes.notes
    assert "648 unlabelled texts; 48 texts known already" in notes.notes


@pytest.mark.parametrize(
    ("tables", "changes", "vectors", "taught"),
    [
        ({}, {}, "word2vec", True),
        ({"training": {"linear_self_training": False}}, {}, None, False),
        ({"training": {"linear_self_training": True}}, {}, None, True),
        ({"training": {"self_training": 1}}, {}, None, False),
        ({"training": {"unlabelled_batch": 8}}, {}, None, True),
        ({"vectors": {"source": "glove-50d"}}, {}, "glove-50d", True),
        ({}, {"baseline": False}, None, False),
        ({}, {"pretrain_minutes": 1.0}, None, True),
        ({}, {"pretrained": "x"}, None, False),
    ],
)
def test_what_is_on_by_itself(
    small: dict[str, Any], tables: dict[str, Any], changes: dict[str, Any], vectors: str | None, *, taught: bool
) -> None:
    plan = replace(plan_of(small, **tables), **changes)
    resolved = for_unlabelled(plan, given=True)
    assert resolved.recipe.vectors.source == vectors
    assert resolved.recipe.training.linear_self_training is taught
    without = for_unlabelled(plan, given=False).recipe
    assert without.vectors == plan.recipe.vectors
    assert without.training.linear_self_training is (tables == {"training": {"linear_self_training": True}})


@pytest.mark.parametrize(
    ("words", "rows", "tables", "answer", "pretrains"),
    [
        (20, 500, {}, "stack", True),
        (80, 500, {}, "stack", False),
        (20, 500, {"training": {"minutes": 4.0}}, "stack", False),
        (20, 499, {}, "stack", False),
        (20, 499, {}, "network", True),
    ],
)
def test_a_network_is_pretrained_by_itself_where_texts_are_short_and_it_may_answer(
    small: dict[str, Any], words: int, rows: int, tables: dict[str, Any], answer: Any, *, pretrains: bool
) -> None:
    texts, plan = [" ".join(["word"] * words)] * rows, replace(plan_of(small, **tables), answer=answer)
    resolved = for_unlabelled(plan, given=True, rows=texts)
    assert resolved.pretrains_by_itself is pretrains
    assert resolved.recipe.vectors.source == "word2vec", "for the linear member"
    assert not for_unlabelled(plan, given=False, rows=texts).pretrains_by_itself


def test_the_rows_say_how_texts_are_split_whatever_the_others_are(small: dict[str, Any]) -> None:
    labelled, labels, _, _, _ = rows_of()
    examples, notes = examples_from_lists(labelled, {"label": labels}), Notes()
    others = [f"这部电影第{number}次看还是很好看" for number in range(600)]
    fitted = fit(examples, replace(plan_of(small), answer="network"), Run(listener=notes), unlabelled=others)
    assert fitted.encoder.settings.language == "en"
    assert not any(note.startswith("Han script: texts are split") for note in notes.notes)


def test_nothing_is_pretrained_where_no_text_is_new(small: dict[str, Any]) -> None:
    labelled, labels, _, _, _ = rows_of()
    examples, notes = examples_from_lists(labelled, {"label": labels}), Notes()
    fitted = fit(examples, replace(plan_of(small), answer="network"), Run(listener=notes), unlabelled=labelled)
    assert (fitted.pretrained, fitted.vectors["source"]) == ({}, "word2vec")
    assert "12 unlabelled texts left out, as the rows held out have them too" in notes.notes
    assert sum("left out" in note for note in notes.notes) == 1


def test_a_network_has_learned_what_predicts_better_than_frequencies() -> None:
    assert [learned(perplexity, 20.0) for perplexity in (19.0, 20.0, 21.0)] == [True, False, False]


def test_a_network_that_has_learned_nothing_is_not_started_from(
    small: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled, labels, others, _, _ = rows_of()
    examples, notes = examples_from_lists(labelled, {"label": labels}), Notes()
    monkeypatch.setattr("reread.pipeline.pretrain_first.learned", lambda *_: False)
    fitted = fit(examples, replace(plan_of(small), answer="network"), Run(listener=notes), unlabelled=others)
    assert (fitted.pretrained, fitted.vectors["source"]) == ({}, "word2vec")
    assert "that is no better than the frequencies: the network does not start from it" in notes.notes


def test_long_texts_teach_the_network_their_words(small: dict[str, Any]) -> None:
    labelled, labels, others, _, _ = rows_of()
    examples = examples_from_lists([" ".join([text] * 20) for text in labelled], {"label": labels})
    fitted = fit(examples, plan_of(small), unlabelled=others)
    assert (fitted.vectors["source"], fitted.pretrained) == ("word2vec", {})


def test_labels_that_the_linear_member_cannot_give_are_told(small: dict[str, Any]) -> None:
    labelled, labels, others, _, _ = rows_of()
    examples, notes = examples_from_lists(labelled, {"label": [[label] for label in labels]}), Notes()
    plan = replace(plan_of(small), targets={"label": TargetPlan(task="multilabel")})
    fitted = fit(examples, plan, Run(listener=notes), unlabelled=others)
    assert "the linear member labels no texts: that is for one class a text" in notes.notes
    assert fitted.baseline is not None
    assert fitted.baseline.teacher is None


def test_texts_without_a_frequent_word_leave_the_network_without_vectors(small: dict[str, Any]) -> None:
    texts = [f"a{number} b{number} c{number}" for number in range(40)]
    examples, notes = examples_from_lists(texts, {"label": ["pos", "neg"] * 20}), Notes()
    plan = replace(plan_of(small), answer="network")
    fitted = fit(examples, plan, Run(listener=notes), unlabelled=["x1 y1", "x2 y2"])
    assert any(note.startswith("no word vectors, and the network starts from random numbers") for note in notes.notes)
    assert any(note.startswith("nothing is pretrained: ") for note in notes.notes)
    assert (fitted.vectors, fitted.pretrained) == ({}, {})
