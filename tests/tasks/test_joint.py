from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reread.errors import ConfigError, DataError
from reread.tasks.joint import Joint

TARGETS: dict[str, list[Any]] = {"topic": ["sport", "news", "art"], "stars": [1.0, 5.0, 3.0]}


def fitted(**options: Any) -> Joint:
    return Joint.fit(TARGETS, parts={"stars": {"task": "regression", "loss": "huber"}}, **options)


def test_parts_stand_side_by_side() -> None:
    task = fitted()
    assert (task.size, task.target_width) == (4, 2)
    assert task.slices() == {"topic": slice(0, 3), "stars": slice(3, 4)}
    assert task.target_slices() == {"topic": slice(0, 1), "stars": slice(1, 2)}
    assert task.encode(TARGETS)[:, 0].tolist() == [2, 1, 0]


def test_answers_carry_the_part_names() -> None:
    task = fitted()
    scores = np.array([[0, 0, 9, 0], [9, 0, 0, 0]])
    assert task.predict(scores) == [{"topic": "sport", "stars": 3.0}, {"topic": "art", "stars": 3.0}]
    assert list(task.columns(scores)) == [
        "topic.prediction",
        "topic.probability:art",
        "topic.probability:news",
        "topic.probability:sport",
        "stars.prediction",
    ]
    assert {"topic.accuracy", "stars.mae"} <= task.metrics(TARGETS, np.zeros((3, 4))).keys()


def test_rows_of_mappings_are_targets_too() -> None:
    rows = [dict(zip(TARGETS, row, strict=True)) for row in zip(*TARGETS.values(), strict=True)]
    assert (fitted().encode(rows) == fitted().encode(TARGETS)).all()


def test_the_heaviest_part_has_the_headline() -> None:
    assert (fitted().headline, fitted().higher_is_better) == ("topic.accuracy", True)
    heavy = fitted(weights={"stars": 2})
    assert (heavy.headline, heavy.higher_is_better) == ("stars.mae", False)
    assert next(iter(heavy.metrics(TARGETS, np.zeros((3, 4))))) == "stars.mae"


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"price": 1}, 'loss weight for "price", which is not a target; the targets are topic, stars'),
        ({"stars": -1}, "loss weight stars=-1; it must be finite and not negative"),
        ({"stars": 0, "topic": 0}, "every loss weight is 0; at least one must be above 0"),
    ],
)
def test_weights_that_cannot_be_used(weights: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigError, match=f"^{message}$"):
        fitted(weights=weights)


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ({"topic": ["sport"]}, 'no target "stars"; the targets are topic'),
        (
            {"topic": ["sport"], "stars": [1, 2]},
            "targets of [1, 2] rows for ['topic', 'stars']; all need the same rows",
        ),
        (["sport"], "joint targets must be columns by name, or one mapping per text with the same names in each"),
    ],
)
def test_targets_that_do_not_fit(targets: Any, message: str) -> None:
    with pytest.raises(DataError) as caught:
        fitted().encode(targets)
    assert str(caught.value) == message


def test_one_part_is_no_joint_task() -> None:
    with pytest.raises(ConfigError, match="needs at least two parts, none of them joint"):
        Joint.fit({"topic": ["a", "b"]})


def test_a_part_without_a_column() -> None:
    with pytest.raises(DataError, match='no target "price"; the targets are topic, stars'):
        Joint.fit(TARGETS, parts={"price": "regression"})
