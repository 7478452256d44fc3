"""A linear model labels texts, and another one learns from its labels."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from reread.baseline.cross_validation import Solution
from reread.baseline.mean_vectors import GivenVectors
from reread.baseline.self_training import COUNTED, TextsToLabel
from reread.baseline.training import LinearFit, fit_linear
from reread.tasks import Task, tasks
from reread.text.encoder import TextSettings
from reread.vectors.word_vectors import WordVectors
from support.few_labels import BAD, FILLER, GOOD, rows_of


def fitted(others: Sequence[str], **options: Any) -> tuple[Task, LinearFit, float]:
    """The fit, and how many new texts it answers rightly."""
    labelled, labels, _, new, truth = rows_of()
    task = tasks.get("classification").fit(labels)
    given = {"weights": np.ones(len(labelled), np.float32), "fold": np.arange(len(labelled)) // 2 % 5, **options}
    fit = fit_linear(
        labelled, task.encode(labels), task, "en", beside=TextsToLabel(others), out_of_fold="best", **given
    )
    answers = task.predict(fit.model.scores(new))
    return task, fit, float(np.mean([answer == label for answer, label in zip(answers, truth, strict=True)]))


def without_labels() -> list[str]:
    return rows_of()[2]


def test_it_learns_words_that_stand_in_no_labelled_text() -> None:
    _, alone, before = fitted([])
    _, taught, after = fitted(without_labels())
    assert alone.model.teacher is None
    assert taught.model.teacher is not None
    assert taught.model.facts["unlabelled"] == 600
    assert after > before
    assert len(taught.model.weights) > len(alone.model.weights)
    assert taught.out_of_fold is not None
    assert taught.out_of_fold.shape == (60, 2)


def test_what_is_chosen_has_no_higher_loss_of_texts_whose_labels_it_has_not_seen() -> None:
    random = np.random.default_rng(1)
    noise = [" ".join(random.choice(FILLER, 8)) for _ in range(300)]
    task, plain, _ = fitted([])
    encoded = task.encode(rows_of()[1])
    for others in (noise, without_labels()):
        _, fit, _ = fitted(others)
        assert task.losses(encoded, fit.out_of_fold).mean() <= task.losses(encoded, plain.out_of_fold).mean() + 1e-6


def test_a_fold_is_answered_without_its_labels() -> None:
    """Labels of a fold that contradict the rest do not turn the answers to it."""
    labelled, labels, others, _, _ = rows_of()
    task = tasks.get("classification").fit(labels)
    fold = np.arange(60) // 2 % 5
    turned = ["neg" if label == "pos" else "pos" for label in labels]
    mixed = [other if part == 0 else label for label, other, part in zip(labels, turned, fold, strict=True)]
    known = {"fold": fold, "weights": np.ones(60, np.float32), "out_of_fold": "best"}
    right = fit_linear(labelled, task.encode(labels), task, "en", beside=TextsToLabel(others), **known)
    wrong = fit_linear(labelled, task.encode(mixed), task, "en", beside=TextsToLabel(others), **known)
    for fit in (right, wrong):
        assert fit.model.teacher is not None
        of_fold = fit.out_of_fold[fold == 0].argmax(axis=1)
        assert (of_fold == task.encode(labels)[fold == 0, 0]).mean() > 0.6


def test_a_known_teacher_is_followed_without_folds() -> None:
    task, taught, _ = fitted(without_labels())
    labelled, labels, others, new, _truth = rows_of()
    again = fit_linear(
        labelled, task.encode(labels), task, "en", weights=np.ones(60, np.float32),
        beside=TextsToLabel(others).again(taught.model),
        known=Solution(taught.model.chosen, taught.model.platt_scaling),
    )  # fmt: skip
    assert again.out_of_fold is None
    assert again.model.teacher == taught.model.teacher
    assert again.model.scores(new) == pytest.approx(taught.model.scores(new), abs=1e-3)


def test_the_student_reads_n_grams_and_its_teacher_vectors() -> None:
    """Vectors put words of a side together, so the teacher knows words that no labelled text has; some have none."""
    good, bad = GOOD[:8], BAD[:8]
    words = (*good, *bad)
    matrix = np.array([[1.0, 0.1]] * len(good) + [[-1.0, 0.1]] * len(bad), np.float32)
    vectors = GivenVectors.of(WordVectors(words, matrix), TextSettings())
    _, fit, right = fitted(without_labels(), vectors=vectors)
    assert fit.model.reads_vectors
    assert fit.model.kinds == ("words", "characters")
    assert right > 0.9


def test_labels_that_a_model_gives_count_no_more_than_given_ones() -> None:
    _, fit, _ = fitted(without_labels()[:100])
    assert fit.model.facts["unlabelled"] == 100
    assert COUNTED * 60 / 100 > 1  # so each counts as one row, not as more


@pytest.mark.parametrize("name", ["regression", "multilabel"])
def test_tasks_without_one_class_a_text_learn_from_labels_alone(name: str) -> None:
    labelled, labels, others, _, _ = rows_of()
    targets = [float(label == "pos") for label in labels] if name == "regression" else [[label] for label in labels]
    task = tasks.get(name).fit(targets)
    fit = fit_linear(
        labelled, task.encode(targets), task, "en", weights=np.ones(60, np.float32), beside=TextsToLabel(others)
    )
    assert fit.model.teacher is None
