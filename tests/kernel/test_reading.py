"""What the scoring kernel is given is what it takes: everything else is refused before C sees an address."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from reread.kernel import available, load
from reread.kernel.numbers import Rows, bfloat16, table_rows
from reread.kernel.packed_batch import BiasRows, PackedBatch, RowIndex, Table
from reread.kernel.reading import Reader

pytestmark = pytest.mark.skipif(not available(), reason="the kernel was not built here")
ROWS, TEXTS, TABLE = 7, 3, 5


def packed(lengths: Any = (4, 2, 1), starts: Any = (0, 4, 6)) -> PackedBatch:
    return PackedBatch(np.array(lengths, np.int32), np.array(starts, np.int64))


@pytest.mark.parametrize(
    ("lengths", "starts"),
    [((2, 4), (0, 2)), ((2, -1), (0, 2)), ((2, 1), (-1, 2)), ((1.0, 1.0), (0, 1)), ((1, 1), (0,))],
    ids=["the longest not first", "a negative length", "a negative start", "no whole numbers", "a start too few"],
)
def test_texts_that_are_none(lengths: Any, starts: Any) -> None:
    kind = np.int32 if isinstance(lengths[0], int) else np.float64
    with pytest.raises(ValueError, match=r"lengths|starts"):
        PackedBatch(np.array(lengths, kind), np.array(starts, np.int64))


def test_what_was_checked_stays_as_it_is() -> None:
    texts, words = packed(), RowIndex(np.zeros((ROWS, 1), np.int32))
    for array in (texts.lengths, texts.starts, words.index):
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 99


def test_words_and_tables_that_are_none() -> None:
    with pytest.raises(ValueError, match="words are from -1 on"):
        RowIndex(np.full((2, 1), -1, np.int32))
    with pytest.raises(ValueError, match="words is int64"):
        RowIndex(np.zeros((2, 1), np.int64))
    for wrong in (np.zeros((0, 8), np.float32), np.zeros((2, 8), np.float64)):
        with pytest.raises(ValueError, match="the kernel takes rows of float32, bfloat16, int8"):
            Table(Rows(wrong))
    for index in (np.zeros((2, 0), np.int32), np.zeros(2, np.int32)):
        with pytest.raises(ValueError, match="at least one feature"):
            RowIndex(index)
    for values, scales in ((np.zeros((2, 8), np.int8), None), (np.zeros((2, 8), np.float32), np.ones(2, np.float32))):
        with pytest.raises(ValueError, match="scales"):
            Table(Rows(values, scales))
    with pytest.raises(ValueError, match=r"scales is float32 \(3,\)"):
        Table(Rows(np.zeros((2, 8), np.int8), np.ones(3, np.float32)))
    with pytest.raises(ValueError, match="words up to 5 in a table of 5"):
        BiasRows(Table(Rows(np.zeros((5, 8), np.float32))), RowIndex(np.array([[0], [5]], np.int32)))


def call(number: str) -> tuple[Reader, dict[str, Any]]:
    """A reader and arguments that it takes."""
    library = load()
    assert library is not None
    reader, hidden = Reader(library, number), library.width
    words = RowIndex(np.arange(ROWS, dtype=np.int32)[:, None] % TABLE)
    states = np.zeros((TEXTS, hidden), np.float32)
    return reader, {
        "packed": packed(),
        "bias_rows": BiasRows(Table(Rows(np.zeros((TABLE, 4 * hidden), np.float32))), words),
        "weights": reader.pack(np.zeros((4 * hidden, hidden), np.float32)),
        "fresh": states,
        "cells": states.copy(),
        "reverse": False,
        "outputs": reader.outputs(ROWS, hidden, 2),
    }


def fewer(bias_rows: BiasRows) -> BiasRows:
    assert bias_rows.words is not None
    return BiasRows(bias_rows.table, RowIndex(bias_rows.words.index[:-1].copy()))


WRONG: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "a text too many": lambda _: {"packed": packed((4, 2, 1, 1), (0, 4, 6, 6))},
    "rows that are not there": lambda _: {"packed": packed((4, 3, 1), (0, 5, 6))},
    "words of fewer rows": lambda given: {"bias_rows": fewer(given["bias_rows"])},
    "no words": lambda given: {"bias_rows": BiasRows(given["bias_rows"].table)},
    "narrow words": lambda given: {"bias_rows": BiasRows(Table(Rows(np.zeros((TABLE, 8), np.float32))), given["bias_rows"].words)},
    "weights of another build": lambda given: {"weights": replace(given["weights"], width=given["weights"].width // 2)},
    "weights of another kind": lambda given: {"weights": replace(given["weights"], precision="int16")},
    "weights of another shape": lambda given: {"weights": replace(given["weights"], depth=3)},
    "weights cut short": lambda given: {"weights": replace(given["weights"], values=given["weights"].values[:-64])},
    "states of another layer": lambda given: {"fresh": given["fresh"][:, :-1].copy()},
    "states in double precision": lambda given: {"cells": given["cells"].astype(np.float64)},
    "states that are read-only": lambda given: {"fresh": np.broadcast_to(np.float32(0), given["fresh"].shape)},
    "outputs of fewer rows": lambda given: {"outputs": Rows(given["outputs"].values[:-1], given["outputs"].scales)},
    "outputs of another kind": lambda given: {"outputs": Rows(given["outputs"].values.astype(np.float64), given["outputs"].scales)},
    "a direction too many": lambda _: {"direction": 2},
    "a maximum of fewer texts": lambda given: {"largest": given["fresh"][:-1].copy()},
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("number", ["float32", "int8"])
def test_what_would_read_or_write_beyond_an_array_is_refused(number: str, wrong: Any) -> None:
    reader, given = call(number)
    reader.read(**given)
    with pytest.raises(ValueError, match=r"."):
        reader.read(**given | wrong(given))


def test_int8_needs_scales() -> None:
    reader, given = call("int8")
    with pytest.raises(ValueError, match="outputs of int8 have scales"):
        reader.read(**given | {"outputs": Rows(given["outputs"].values)})
    width = reader.library.width
    weights, bias = (
        reader.pack(np.zeros((width, width), np.float32)),
        BiasRows(Table(Rows(np.zeros((1, width), np.float32)))),
    )
    rows, products = reader.rows(np.ones((ROWS, width), np.float32)), np.empty((ROWS, width), np.float32)
    reader.project(packed(), rows, weights, bias, products=products)
    for scales, message in (
        (None, "inputs of int8 have scales"),
        (np.ones((ROWS, 2), np.float32), "scales of inputs is"),
    ):
        with pytest.raises(ValueError, match=message):
            reader.project(packed(), Rows(rows.values, scales), weights, bias, products=products)


def test_a_light_recurrence_reads_one_word_a_row() -> None:
    reader, given = call("float32")
    table = Table(Rows(np.zeros((TABLE, 2 * reader.library.width), np.float32)))
    for features, refused in ((1, False), (2, True)):
        bias_rows = BiasRows(table, RowIndex(np.zeros((ROWS, features), np.int32)))
        with pytest.raises(ValueError, match="2 words a row") if refused else nullcontext():
            reader.read_light(packed(), bias_rows, given["fresh"], given["cells"], shown=False, reverse=False)


def test_what_is_added_is_made_of_no_row_that_nobody_asked_for() -> None:
    values, scales = np.arange(TABLE * 4, dtype=np.int8).reshape(TABLE, 4), np.ones(TABLE, np.float32)
    scales[3] = 3e38  # a row that nobody filled holds anything: making floats of it would overflow, with a warning
    index = np.array([[0, 1], [2, 2]], np.int32)
    found = BiasRows(Table(Rows(values, scales)), RowIndex(index)).floats()
    assert (found == values[index].sum(axis=1)).all()


@pytest.mark.parametrize("level", available())
def test_what_is_no_number_stays_none(level: str) -> None:
    """A gate of NaN gives no state that looks like one."""
    library = load(level)
    assert library is not None
    width, words = library.width, RowIndex(np.array([[0], [0], [1]], np.int32))
    for number, gate in product((*library.numbers, "int8"), range(4)):
        reader, table = Reader(library, number), np.zeros((2, 4 * width), np.float32)
        table[1, gate * width] = np.nan
        fresh, cells, largest = (np.full((1, width), start, np.float32) for start in (0.5, 0.5, -np.inf))
        weights = reader.pack(np.zeros((4 * width, width), np.float32))
        bias_rows = BiasRows(Table(Rows(table)), words)
        reader.read(packed((3,), (0,)), bias_rows, weights, fresh, cells, reverse=False, largest=largest)
        wrong = np.isnan(np.concatenate([fresh, largest]))
        assert wrong[:, 0].all()
        assert not wrong[:, 1:].any()


def test_rows_that_do_not_fit_their_weights() -> None:
    library = load()
    assert library is not None
    reader, width = Reader(library, "float32"), library.width
    weights, bias = (
        reader.pack(np.zeros((width, width), np.float32)),
        BiasRows(Table(Rows(np.zeros((1, width), np.float32)))),
    )
    texts, products = packed(), np.zeros((ROWS, width), np.float32)
    reader.project(texts, reader.rows(np.zeros((ROWS, width), np.float32)), weights, bias, products=products)
    for rows, columns in ((ROWS - 1, width), (ROWS, 2 * width)):
        with pytest.raises(ValueError, match=r"."):
            reader.project(texts, reader.rows(np.zeros((rows, columns), np.float32)), weights, bias, products=products)
    with pytest.raises(ValueError, match="multiples of"):
        reader.pack(np.zeros((width + 1, width), np.float32))


def test_numbers_are_rounded_to_the_nearest() -> None:
    halves = bfloat16(np.array([1.0, 1 + 2**-8, 1 + 3 * 2**-8, -3.14159], np.float32))
    assert (halves.astype(np.uint32) << 16).view(np.float32).tolist() == [1.0, 1.0, 1 + 2**-6, -3.140625]
    values = np.random.default_rng(0).normal(size=(4, 9)).astype(np.float32)
    for number, steps in (("bfloat16", 2.0**-7), ("int8", 1 / 127)):
        largest = np.abs(values).max(axis=1, keepdims=True)
        assert (np.abs(table_rows(values, number).floats() - values) <= steps / 2 * largest * 1.001).all()
    assert (table_rows(np.zeros((2, 4), np.float32), "int8").floats() == 0).all()
