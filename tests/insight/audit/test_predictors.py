from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reread.data.lists import examples_from_lists
from reread.insight.audit import predictors
from reread.insight.audit.audit_data import AuditData
from reread.insight.audit.checks import Settings, checks
from reread.insight.audit.predictors import Labelled, out_of_fold
from reread.tasks import Task
from reread.tasks.classification import Classification
from reread.tasks.multilabel import Multilabel
from reread.tasks.regression import Regression

GOOD, BAD = ("lovely warm bright clever moving", "dull cold dim clumsy tedious")
TINY = """
summary = "a tiny network"
source = "these tests"
[model]
recurrence = "gru"
pooling = "max"
hidden = 4
embedding_dim = 4
[training]
epochs = 12
learning_rate = 0.05
batch_size = 8
validation = 0.1
threads = 1
[text]
min_count = 1
"""


def reviews(count: int) -> tuple[list[str], list[str]]:
    """Praise and blame in turn; no text stands twice."""
    random = np.random.default_rng(0)
    texts = [" ".join(random.choice((GOOD, BAD)[k % 2].split(), 4)) + f" take {k}" for k in range(count)]
    return texts, [("pos", "neg")[k % 2] for k in range(count)]


def test_no_row_is_judged_by_a_model_that_has_seen_its_text_or_its_group(monkeypatch: pytest.MonkeyPatch) -> None:
    texts, groups = [f"text {k // 2}" for k in range(40)], [k // 8 for k in range(40)]
    seen: list[int] = []

    def watched(labelled: Labelled, rest: Any, held: Any, settings: Settings) -> tuple[Task, Any]:
        assert not {texts[row] for row in rest} & {texts[row] for row in held}
        assert not {groups[row] for row in rest} & {groups[row] for row in held}
        assert len(rest) + len(held) == 40
        seen.extend(held.tolist())
        return labelled.task, np.repeat(np.log([[0.25, 0.75]]), len(held), axis=0)

    monkeypatch.setattr(predictors, "PREDICTORS", {"linear": watched})
    labelled = Labelled(texts, ["a", "b"] * 20, Classification(["a", "b"]), groups)
    answers, known = out_of_fold(labelled, Settings(folds=4))
    assert sorted(seen) == list(range(40))
    assert answers == pytest.approx(np.repeat([[0.25, 0.75]], 40, axis=0))
    assert known.all()


def test_the_linear_model_finds_flipped_labels() -> None:
    texts, labels = reviews(200)
    labels[10], labels[55] = "neg", "pos"
    found = checks.get("labels")().find(AuditData([examples_from_lists(texts, {"label": labels})]), Settings(folds=3))
    assert [(finding.row, finding.suggested) for finding in found.findings] in (
        [(10, "pos"), (55, "neg")], [(55, "neg"), (10, "pos")],
    )  # fmt: skip
    assert found.summary == "2 labels are probably wrong"


def test_lists_of_labels_and_numbers_are_judged() -> None:
    texts, labels = reviews(200)
    lists, numbers = [[label, "film"] for label in labels], [5.0 if label == "pos" else 1.0 for label in labels]
    lists[10], numbers[55] = ["neg", "film"], 5.0
    answers, _ = out_of_fold(Labelled(texts, lists, Multilabel.fit(lists)), Settings(folds=3))
    assert answers.shape == (200, 3)
    audited = AuditData([examples_from_lists(texts, {"stars": numbers})], numbers=["stars"])
    assert checks.get("labels")().find(audited, Settings(folds=3)).findings[0].row == 55
    answers, _ = out_of_fold(Labelled(texts, numbers, Regression.fit(numbers)), Settings(folds=3))
    assert answers.shape == (200, 1)


def test_a_class_that_stands_in_one_fold_only_is_not_judged() -> None:
    texts, labels = reviews(60)
    labels[3] = "unique"
    _, known = out_of_fold(Labelled(texts, labels, Classification.fit(labels)), Settings(folds=3))
    assert np.flatnonzero(~known).tolist() == [3]
    found = checks.get("labels")().find(AuditData([examples_from_lists(texts, {"label": labels})]), Settings(folds=3))
    assert "1 row of label not judged: no row of another fold has the label" in found.notes
    assert 3 not in [finding.row for finding in found.findings]


def test_what_cannot_be_judged_is_said() -> None:
    found = checks.get("labels")().find(AuditData([examples_from_lists(["a", "b"], {"label": ["x", "x"]})]), Settings())
    assert found.notes == ('label was not judged: every label is "x"; at least two classes are needed',)


def test_a_network_judges_too_with_the_classes_it_has_met(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY, encoding="utf-8")
    texts, labels = reviews(90)
    labels[4] = "unique"
    labelled = Labelled(texts, labels, Classification.fit(labels))
    answers, known = out_of_fold(labelled, Settings(predictor=str(tmp_path / "tiny.toml"), folds=3, threads=1))
    right = answers.argmax(axis=1) == labelled.task.encode(labels)[:, 0]
    assert right[known].mean() > 0.8
    assert answers.sum(axis=1) == pytest.approx(np.ones(90))
    assert answers[4, 2] == 0
