"""Lists or columns of any library as plain Python values, checked."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from numbers import Integral, Real
from typing import Any

import numpy as np

from reread.data.values import HALF_PAIR, has_half_pair, is_finite
from reread.errors import ConfigError, DataError
from reread.tasks.joint import by_name

TO_LIST = ("tolist", "to_pylist", "to_list")  # NumPy and pandas, pyarrow, polars
NO_COLUMN = (str, bytes, Mapping, AbstractSet)


def as_list(column: Any, name: str) -> list[Any]:
    """A list, or a column of NumPy, pandas, polars or pyarrow, as a list of plain Python values.

    Raises:
        DataError: it is not a column, or several columns.
    """
    is_iterable = hasattr(column, "__iter__")
    if isinstance(column, NO_COLUMN) or not (is_iterable or hasattr(column, "__array__")):
        raise DataError(f"{name} is {type(column).__name__} ({str(column)[:40]!r}); give a list or a column of values")
    shape: tuple[int, ...] = getattr(column, "shape", (0,))
    if len(shape) == 2 and shape[1] == 1:
        column = np.asarray(column)[:, 0]
    elif len(shape) != 1:
        raise DataError(f"{name} has shape {tuple(shape)}; give one column")
    for method in TO_LIST:
        if hasattr(column, method):
            return list(getattr(column, method)())
    return list(column if is_iterable else np.asarray(column).tolist())


def as_texts(column: Any) -> list[str]:
    """A column of texts as a list of strings.

    Raises:
        DataError: it is one string or a table, or an item is not a string.
    """
    if isinstance(column, str):
        raise DataError("texts is one string; give a list of strings")
    texts = as_list(column, "texts")
    for k, text in enumerate(texts):
        if not isinstance(text, str):
            raise DataError(f"text {k} is {type(text).__name__} ({str(text)[:40]!r}), expected a string")
    return texts


def as_training_texts(column: Any) -> list[str]:
    """A column of texts to learn from; a model trained on half of a surrogate pair could not be saved.

    Raises:
        DataError: for the reasons of `as_texts`, or a text with half of a surrogate pair.
    """
    texts = as_texts(column)
    for k, text in enumerate(texts):
        if has_half_pair(text):
            raise DataError(f"text {k} {HALF_PAIR}; correct it or leave that row out")
    return texts


def as_target(column: Any, name: str = "y") -> list[Any]:
    """A target's values, sets of labels as sorted lists.

    Raises:
        DataError: there are none, it is a table of several columns, or a value that no model folder can hold.
    """
    if column is None:
        raise DataError(f"fit requires y to be passed, but the target {name} is None")
    shape: tuple[int, ...] = getattr(column, "shape", ())
    if len(shape) == 2 and shape[1] > 1:
        raise DataError(f"{name} has shape {tuple(shape)}; give one value, or one list of labels, for each text")
    if len(shape) == 2:
        _warn_of_column_vector()
    values = as_list(column, name)
    for k, value in enumerate(values):
        for label in value if isinstance(value, list | tuple | AbstractSet) else (value,):
            _check_label(label, f"{name} {k}")
    return [sorted(value, key=repr) if isinstance(value, AbstractSet) else value for value in values]


def _check_label(label: Any, place: str) -> None:
    if isinstance(label, str) and has_half_pair(label):
        raise DataError(f"{place} {HALF_PAIR}; correct it or leave that row out")
    if type(label) is int and not is_finite(label):
        raise DataError(f"{place} is an integer beyond every double; expected a smaller one, or text")


def as_targets(columns: Any) -> dict[str, list[Any]]:
    """Several targets by name, of a mapping, a table, or one mapping for each text.

    Raises:
        DataError: there are none, or they have no names.
    """
    if columns is None:
        raise DataError("fit requires y to be passed, but the target y is None")
    if isinstance(columns, Mapping):
        names = list(columns)
    else:  # pyarrow's tables name their columns in the one, pandas' and polars' in the other
        names = list(getattr(columns, "column_names", getattr(columns, "columns", ())))
    if names:
        return {str(name): as_target(columns[name], str(name)) for name in names}
    if len(getattr(columns, "shape", (0,))) != 1:
        raise DataError(f"y has shape {tuple(columns.shape)}; give the targets names: a mapping or a table of columns")
    return {name: list(column) for name, column in by_name(as_list(columns, "y")).items()}


def _warn_of_column_vector() -> None:
    """The warning of scikit-learn, in its words."""
    from sklearn.exceptions import DataConversionWarning  # noqa: PLC0415  # absent where a model only answers

    message = "A column-vector y was passed when a 1d array was expected; its one column is read"
    warnings.warn(message, DataConversionWarning, stacklevel=4)


def as_weights(column: Any) -> list[float] | None:
    """How much each text counts.

    Raises:
        DataError: a weight is not a number, not finite or negative, or all weights are zero.
    """
    if column is None:
        return None
    weights = as_list(column, "sample_weight")
    for k, weight in enumerate(weights):
        if not isinstance(weight, Real) or not 0 <= float(weight) < math.inf:
            raise DataError(f"sample_weight {k} is {weight!r}; expected a finite number that is not negative")
    if not any(weights):
        raise DataError("every sample_weight is zero; at least one must be above")
    return [float(weight) for weight in weights]


def plain(value: Any) -> Any:
    """A NumPy scalar as Python's, as grids of settings have them."""
    return value.item() if isinstance(value, np.generic) else value


def seed_of(random_state: Any) -> int | None:
    """The seed that a scikit-learn ``random_state`` stands for; None if it names none.

    Raises:
        ConfigError: it is not a seed.
    """
    if random_state is None:
        return None
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31 - 1))
    if not isinstance(random_state, Integral) or random_state < 0:
        raise ConfigError(f"random_state = {random_state!r}: expected a whole number from 0, a RandomState or None")
    return int(random_state)
