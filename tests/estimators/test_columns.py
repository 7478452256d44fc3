from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse
from sklearn.exceptions import DataConversionWarning

from reread.errors import ConfigError, DataError
from reread.estimators.columns import (
    as_list,
    as_target,
    as_targets,
    as_texts,
    as_training_texts,
    as_weights,
    seed_of,
)
from reread.tasks.base import as_objects

TEXTS = ["one", "two", "三"]


class OnlyAnArray:
    """What scikit-learn calls "not an array": it can become one, and has nothing else."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:  # noqa: FBT001
        return np.array(TEXTS)


@pytest.mark.parametrize(
    "column",
    [
        TEXTS,
        tuple(TEXTS),
        iter(TEXTS),
        np.array(TEXTS),
        np.array(TEXTS, dtype=object),
        np.array(TEXTS)[:, None],
        pd.Series(TEXTS, index=[7, 3, 5]),
        pd.Series(TEXTS, dtype="category"),
        pd.Series(TEXTS, dtype=object),
        pd.Index(TEXTS),
        pd.DataFrame({"text": TEXTS}),
        pl.Series(TEXTS),
        pl.DataFrame({"text": TEXTS}),
        pa.array(TEXTS),
        pa.chunked_array([TEXTS[:1], TEXTS[1:]]),
        pa.table({"text": TEXTS}),
        OnlyAnArray(),
    ],
    ids=lambda column: f"{type(column).__module__.split('.')[0]}.{type(column).__name__}",
)
def test_texts_of_every_library(column: Any) -> None:
    texts = as_texts(column)
    assert texts == TEXTS
    assert {type(text) for text in texts} == {str}


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("one text", r"texts is one string; give a list of strings"),
        (b"one text", r"texts is bytes"),
        (None, r"texts is NoneType"),
        (7, r"texts is int \('7'\); give a list"),
        ({"a": 1}, r"texts is dict"),
        ({"a", "b"}, r"texts is set"),
        (["good", None], r"text 1 is NoneType \('None'\), expected a string"),
        (["good", b"bytes"], r"text 1 is bytes"),
        ([["good"]], r"text 0 is list"),
        (pd.Series(["good", None]), r"text 1 is float \('nan'\)|text 1 is NoneType"),
        (np.array([1.0, 2.0]), r"text 0 is float \('1.0'\)"),
        (np.zeros((3, 2)), r"texts has shape \(3, 2\); give one column"),
        (np.array("scalar"), r"texts has shape \(\)"),
        (pd.DataFrame({"a": TEXTS, "b": TEXTS}), r"texts has shape \(3, 2\)"),
        (scipy.sparse.csr_array((3, 2)), r"texts has shape \(3, 2\)"),
    ],
)
def test_what_is_no_column_of_texts_is_refused(column: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        as_texts(column)


def test_half_of_a_surrogate_pair_can_be_answered_but_not_learned_from() -> None:
    texts = ["good", "\ud83d good", "\U0001f600"]
    assert as_texts(texts) == texts
    with pytest.raises(DataError, match=r"^text 1 holds half of a surrogate pair; correct it or leave that row out$"):
        as_training_texts(texts)
    assert as_training_texts(texts[2:]) == texts[2:]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a", "\ud83d"], "^y 1 holds half of a surrogate pair"),
        ([["a"], ["b", "\ud83d"]], "^y 1 holds half of a surrogate pair"),
        ([{"\ud83d"}, set()], "^y 0 holds half of a surrogate pair"),
        ([1, 10**400], "^y 1 is an integer beyond every double; expected a smaller one, or text$"),
    ],
)
def test_labels_that_no_model_folder_can_hold(labels: list[Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        as_target(labels)


@pytest.mark.parametrize(
    "column",
    [
        [1, 2, 3],
        np.array([1, 2, 3], dtype=np.int32),
        pd.Series([1, 2, 3], dtype="Int64"),
        pl.Series([1, 2, 3]),
        pa.array([1, 2, 3]),
    ],
)
def test_targets_become_plain_python_values(column: Any) -> None:
    values = as_target(column)
    assert values == [1, 2, 3]
    assert {type(value) for value in values} == {int}


def test_lists_of_labels_stay_lists() -> None:
    lists = [["b", "a"], [], ["a"]]
    assert as_target(lists) == lists
    assert as_target(pd.Series(lists)) == lists
    assert as_target(pl.Series(lists, dtype=pl.List(pl.String))) == lists
    assert as_target(pa.array(lists, pa.list_(pa.string()))) == lists


def test_sets_of_labels_come_in_the_same_order_in_every_process() -> None:
    assert as_target([{"b", "a", "c"}, frozenset({2, 1})]) == [["a", "b", "c"], [1, 2]]


def test_a_column_vector_is_read_with_scikit_learns_warning() -> None:
    with pytest.warns(DataConversionWarning, match="A column-vector y was passed when a 1d array was expected"):
        assert as_target(np.array([[1], [2]])) == [1, 2]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (None, "requires y to be passed, but the target y is None"),
        (np.eye(3, dtype=int), r"y has shape \(3, 3\); give one value, or one list of labels, for each text"),
        ("abc", "y is str"),
    ],
)
def test_what_is_no_target_is_refused(column: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        as_target(column)


@pytest.mark.parametrize(
    "columns",
    [
        {"a": [1, 2], "b": ["x", "y"]},
        pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}, index=[5, 9]),
        pl.DataFrame({"a": [1, 2], "b": ["x", "y"]}),
        pa.table({"a": [1, 2], "b": ["x", "y"]}),
        [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}],
        as_objects([{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]),
    ],
    ids=lambda columns: f"{type(columns).__module__.split('.')[0]}.{type(columns).__name__}",
)
def test_several_targets_by_name(columns: Any) -> None:
    assert as_targets(columns) == {"a": [1, 2], "b": ["x", "y"]}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (None, "requires y to be passed"),
        ({"a": None}, "the target a is None"),
        (np.zeros((2, 2)), r"y has shape \(2, 2\); give the targets names"),
        ([1, 2], "columns by name, or one mapping per text"),
        ([{"a": 1}, {"b": 1}], "the same names in each"),
        ("ab", "y is str"),
    ],
)
def test_targets_without_names_are_refused(columns: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        as_targets(columns)


@pytest.mark.parametrize("column", [[1, 0.5], np.array([1, 0.5]), pd.Series([1, 0.5]), (True, 0.5)])
def test_weights_become_floats(column: Any) -> None:
    assert as_weights(column) == [1.0, 0.5]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ([1, -1], "sample_weight 1 is -1; expected a finite number that is not negative"),
        ([np.nan, 1], "sample_weight 0 is nan"),
        ([np.inf, 1], "sample_weight 0 is inf"),
        ([None, 1], "sample_weight 0 is None"),
        (["1", "1"], "sample_weight 0 is '1'"),
        ([0, 0.0], "every sample_weight is zero"),
        (np.ones((2, 2)), r"sample_weight has shape \(2, 2\)"),
        (1.0, "sample_weight is float"),
    ],
)
def test_what_cannot_weigh_is_refused(column: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        as_weights(column)


def test_no_weights_stay_none() -> None:
    assert as_weights(None) is None


def test_answers_of_equal_length_do_not_become_a_table() -> None:
    answers = as_objects([["a", "b"], ["c", "d"]])
    assert answers.shape == (2,)
    assert answers.tolist() == [["a", "b"], ["c", "d"]]


def test_seeds() -> None:
    state = np.random.RandomState(3)
    assert seed_of(None) is None
    assert seed_of(np.int64(7)) == 7
    assert seed_of(state) != seed_of(state)
    assert seed_of(np.random.RandomState(3)) == seed_of(np.random.RandomState(3))


@pytest.mark.parametrize("state", [-1, 1.5, "7", np.random.default_rng(0)])
def test_what_is_no_seed_is_refused(state: Any) -> None:
    with pytest.raises(ConfigError, match="random_state = "):
        seed_of(state)


def test_one_column_of_any_type() -> None:
    assert as_list(np.array([[1.5], [2.5]]), "groups") == [1.5, 2.5]
