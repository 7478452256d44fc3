"""New classes beside those of an earlier linear model, whose scores stay what they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reread.baseline.earlier_model import EarlierModel
from reread.baseline.earlier_scores import Answers
from reread.baseline.linear import LinearModel
from reread.baseline.training import LinearFit, fit_linear
from reread.tasks import Task, tasks

WORDS = {
    "film": ["actor", "scene", "camera", "plot"],
    "meal": ["soup", "bread", "salt", "spoon"],
    "game": ["goal", "team", "score", "coach"],
    "ship": ["sail", "deck", "anchor", "mast"],
}
OLD = ("film", "meal", "game")


def texts(labels: tuple[str, ...], each: int, seed: int) -> tuple[list[str], list[str]]:
    draw = np.random.default_rng(seed)
    named = [label for label in labels for _ in range(each)]
    told = [f"the {draw.choice(WORDS[label])} w{draw.integers(40)} w{draw.integers(40)}" for label in named]
    return told, named


def trained(rows: tuple[list[str], list[str]], **options: Any) -> tuple[Task, LinearFit]:
    task, ones = tasks.get("classification").fit(rows[1]), np.ones(len(rows[0]), np.float32)
    fold = np.arange(len(rows[0])) % 4
    fit = fit_linear(rows[0], task.encode(rows[1]), task, "en", weights=ones, fold=fold, out_of_fold="best", **options)
    return task, fit


@pytest.fixture(scope="module")
def earlier() -> LinearModel:
    return trained(texts(OLD, 40, seed=1))[1].model


def grown(
    earlier: LinearModel, new: tuple[str, ...] = ("ship",), answers: Answers | None = None
) -> tuple[Task, LinearFit]:
    rows, added = texts(OLD, 8, seed=2), texts(new, 24, seed=3)
    known = {label: place for place, label in enumerate(sorted(OLD))}
    kept = np.array([known.get(label, -1) for label in sorted({*OLD, *new})])
    return trained((rows[0] + added[0], rows[1] + added[1]), beside=EarlierModel(earlier, answers, kept))


def of_old(task: Task) -> list[int]:
    return [task.classes.index(label) for label in sorted(OLD)]


def test_what_is_added_to_the_old_scores_is_the_same_for_all_of_them(earlier: LinearModel) -> None:
    task, fit = grown(earlier)
    other = [*texts((*OLD, "ship"), 20, seed=4)[0], "nothing known", ""]
    added = fit.model.scores(other)[:, of_old(task)] - earlier.scores(other)
    np.testing.assert_allclose(added, np.repeat(added[:, :1], len(OLD), axis=1), atol=1e-4)


def test_the_new_class_is_found_and_the_old_ones_too(earlier: LinearModel) -> None:
    task, fit = grown(earlier)
    other, labels = texts((*OLD, "ship"), 30, seed=5)
    right = np.array(task.predict(fit.model.scores(other))) == np.array(labels)
    assert right.mean() > 0.9


def test_two_new_classes_are_told_apart(earlier: LinearModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WORDS, "tree", ["leaf", "bark", "root", "branch"])
    task, fit = grown(earlier, ("ship", "tree"))
    other, labels = texts(("ship", "tree"), 30, seed=6)
    assert np.mean(np.array(task.predict(fit.model.scores(other))) == np.array(labels)) > 0.9


def test_rows_are_answered_by_models_that_have_not_seen_them_with_the_old_scores(earlier: LinearModel) -> None:
    rows = [*texts(OLD, 8, seed=2)[0], *texts(("ship",), 24, seed=3)[0]]
    task, fit = grown(earlier)
    assert fit.out_of_fold is not None
    around = fit.out_of_fold[:, of_old(task)] - earlier.scores(rows)
    np.testing.assert_allclose(around, np.repeat(around[:, :1], len(OLD), axis=1), atol=1e-4)
    assert not np.allclose(fit.out_of_fold, fit.model.scores(rows), atol=0.01)


def test_the_scores_that_are_given_for_the_rows_are_learned_from(earlier: LinearModel) -> None:
    """A model that is surer of these rows than of others leaves the new class more of the others."""

    def sure(rows: Any) -> Any:
        scores = earlier.scores(rows)
        return scores + 8 * (scores == scores.max(axis=1, keepdims=True))

    other = texts(OLD, 30, seed=7)[0]
    chances = []
    for answers in (None, sure):
        task, fit = grown(earlier, answers=answers)
        chances.append(task.probabilities(fit.model.scores(other))[:, task.classes.index("ship")].mean())
    assert chances[1] > chances[0]
