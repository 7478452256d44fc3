"""The linear member on parts of the rows."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from reread.baseline.learning_curve import measuring
from reread.baseline.learning_curve.measuring import FOLDS, SHARES, Rows, _splits, measure
from reread.data.split import text_keys
from reread.data.weighted_rows import WeightedRows
from reread.tasks import tasks

WORDS = (("lovely", "warm", "clever", "bright"), ("dull", "cold", "clumsy", "tedious"))


def texts_of(rows: int) -> list[str]:
    return [f"a {WORDS[k % 2][k // 2 % 4]} film of the year {k}" for k in range(rows)]


def rows_of(texts: list[str], targets: Any, kind: str = "classification", **others: Any) -> Rows:
    task = tasks.get(kind).fit(targets)
    encoded, weights = task.encode(targets), np.ones(len(texts), np.float32)
    given = {"learned": WeightedRows(rows=np.arange(len(texts)), targets=encoded, weights=weights), **others}
    keys = text_keys(texts)
    return Rows(
        texts=texts, keys=keys, targets=targets, encoded=encoded, task=task, language="en", weights=weights, **given
    )


def sides(rows: int) -> list[str]:
    return [("good", "bad")[k % 2] for k in range(rows)]


def test_smaller_parts_are_within_larger_ones_and_every_row_is_asked_about_once() -> None:
    rows = rows_of(texts_of(100), sides(100))
    each = _splits(rows, [0, 0])
    for share, splits in zip(SHARES, each, strict=True):
        assert np.sort(np.concatenate([held for _, held in splits])).tolist() == list(range(100))
        assert [len(part) for part, _ in splits] == [round(100 * share)] * FOLDS
    for number in range(FOLDS):
        parts = [set(splits[number][0].tolist()) for splits in each]
        assert all(small < large for small, large in pairwise(parts))


def test_equal_texts_and_groups_are_never_on_both_sides() -> None:
    texts = [text for text in texts_of(60) for _ in range(2)]
    rows = rows_of(texts, [side for side in sides(60) for _ in range(2)], groups=[k // 4 for k in range(120)])
    for splits in _splits(rows, [0, 1]):
        for part, held in splits:
            assert not {k // 4 for k in part.tolist()} & {k // 4 for k in held.tolist()}


def test_what_can_be_learned_is_learned_the_better_the_more_rows() -> None:
    told = list[tuple[int, int]]()
    measured = measure(rows_of(texts_of(80), sides(80)), on_progress=lambda *each: told.append(each))[""]
    assert told == sorted(told), "never less done than before"
    assert {every for _, every in told} == {told[-1][0]}, "in the end all trainings are done"
    assert measured.sizes.tolist() == [20, 40, 60, 72]
    assert measured.figures.shape[1] == measured.jackknife.shape[1] == len(SHARES)
    assert measured.figures.mean(axis=0)[-1] > 0.9
    assert np.linalg.eigvalsh(measured.covariance()).min() > -1e-12


def test_what_is_not_there_is_not_learned() -> None:
    random = np.random.default_rng(0)
    targets = [("good", "bad")[k] for k in random.integers(0, 2, 80)]
    measured = measure(rows_of([f"text {k}" for k in range(80)], targets))[""]
    assert measured.figures.max() < 0.75, "a model that saw the rows asked about would know them"


def test_equal_seeds_give_equal_figures() -> None:
    rows = rows_of(texts_of(50), sides(50))
    first, again, other = (measure(rows, seed=seed)[""] for seed in (0, 0, 1))
    assert np.array_equal(first.figures, again.figures)
    assert np.array_equal(first.jackknife, again.jackknife)
    assert not np.array_equal(first.jackknife, other.jackknife)


def test_numbers_have_a_curve_too() -> None:
    numbers = [float(k % 2) * 3 + (k % 5) / 10 for k in range(60)]
    measured = measure(rows_of(texts_of(60), numbers, "regression"))[""]
    assert measured.figures.mean(axis=0)[-1] < np.std(numbers)


def test_soft_labels_are_one_row_each() -> None:
    texts, targets = texts_of(60), sides(60)
    task = tasks.get("classification").fit(targets)
    encoded = task.encode(targets)
    twice = np.repeat(np.arange(60), 2)
    both = np.stack([encoded[:, 0], 1 - encoded[:, 0]], axis=1).reshape(-1, 1).astype(np.float32)
    weights = np.tile(np.array([0.8, 0.2], np.float32), 60)
    measured = measure(rows_of(texts, targets, learned=WeightedRows(rows=twice, targets=both, weights=weights)))[""]
    assert measured.figures.mean(axis=0)[-1] > 0.9


def test_each_target_of_a_joint_model_has_a_curve() -> None:
    targets = {"mood": sides(60), "stars": [float(k % 2) + 1 for k in range(60)]}
    measured = measure(rows_of(texts_of(60), targets, "joint"))
    assert set(measured) == {"mood", "stars"}


@pytest.mark.parametrize("repeats", [0, 1, 2])
def test_without_time_for_two_repeats_there_is_no_curve(repeats: int, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([*[0.0] * repeats, *[2.0] * 9])
    monkeypatch.setattr(measuring, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    measured = measure(rows_of(texts_of(40), sides(40)), deadline=1.0)
    assert bool(measured) == (repeats == 2)
