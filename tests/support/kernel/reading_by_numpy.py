"""Scoring's readings and products against NumPy in double precision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from reread.kernel import Library
from reread.kernel.lstm import Layout
from reread.kernel.numbers import Rows, table_rows
from reread.kernel.packed_batch import BiasRows, PackedBatch, RowIndex, Table
from reread.kernel.reading import Reader
from support.kernel.source_checks import Array, Difference, Mutant

WORDS = 7
TOLERANCE = {"float32": 1e-5, "bfloat16": 0.05, "int8": 0.08}
"""By the kind of numbers in products; the table is what it is."""
MUTANTS = {
    "reads a step too many": Mutant("reading.h", "s->lengths[active - 1] <= step", "s->lengths[active - 1] < step"),
    "writes a unit too many": Mutant("numbers.h", "k < size; k += WIDTH", "k <= size; k += WIDTH"),
    "multiplies a part too many": Mutant("reading.h", "part < p->parts;", "part <= p->parts;"),
    "adds a feature too many": Mutant("reading.c", "words && f < features;", "words && f <= features;"),
    "reads a light step too many": Mutant("reading.h", "step < s->lengths[text]; step++) {\n            int64_t", "step <= s->lengths[text]; step++) {\n            int64_t"),
    "writes a column too many": Mutant("reading.h", "p->products && column + v * WIDTH <", "p->products && column + v * WIDTH <="),
    "reads words in steps too large": Mutant("reading.c", "size_t at = (size_t)word * t->columns", "size_t at = (int)word * 0x7FFFFFFF * t->columns", "signed integer overflow"),
}  # fmt: skip


@dataclass
class Case:
    """Texts and what their words add, units in torch's order."""

    packed: PackedBatch
    words: Array  # (rows, features)
    table: Array  # (WORDS, gates * hidden)
    weights: Array  # (4 hidden, hidden)
    state: Array  # the first states and cells, (2, texts, hidden)
    reverse: bool


def case(seed: int, hidden: int, lengths: list[int], kind: str, *, features: int, reverse: bool) -> Case:
    random, falling = np.random.default_rng(seed), sorted(lengths, reverse=True)
    counts = np.array(falling, dtype=np.int32)
    starts = np.cumsum([0, *falling[:-1]]).astype(np.int64)
    return Case(
        PackedBatch(counts, starts), random.integers(0, WORDS, (sum(falling), features), dtype=np.int32),
        known(random.uniform(-1, 1, (WORDS, 4 * hidden)), kind), random.normal(0, 0.7 / hidden**0.5, (4 * hidden, hidden)),
        random.uniform(-1, 1, (2, len(falling), hidden)), reverse,
    )  # fmt: skip


def known(values: Array, kind: str) -> Array:
    """Numbers as a table of a kind knows them."""
    return table_rows(values.astype(np.float32), kind).floats().astype(np.float64)


def sigmoid(values: Array) -> Array:
    return 1 / (1 + np.exp(-values))


def positions(found: Case) -> Iterator[tuple[int, int]]:
    """Texts and rows in the order they are read."""
    for text, (start, length) in enumerate(zip(found.packed.starts, found.packed.lengths, strict=True)):
        for row in range(start, start + length)[:: -1 if found.reverse else 1]:
            yield text, row


def lstm(found: Case) -> tuple[Array, Array]:
    """The states of all rows, and the last states and cells: docs/sources.md, S1, equations 4-9."""
    sums, (states, cells) = found.table[found.words].sum(axis=1), found.state.copy()
    outputs = np.zeros((len(sums), states.shape[1]))
    for text, row in positions(found):
        into, forget, candidate, out = (sums[row] + found.weights @ states[text]).reshape(4, -1)
        cells[text] = sigmoid(forget) * cells[text] + sigmoid(into) * np.tanh(candidate)
        outputs[row] = states[text] = sigmoid(out) * np.tanh(cells[text])
    return outputs, np.stack([states, cells])


def light(found: Case) -> tuple[Array, Array]:
    """The outputs of all rows, and the last cells."""
    cells = found.state[1].copy()
    outputs = np.zeros((len(found.words), cells.shape[1]))
    for text, row in positions(found):
        keep, add, *shows = found.table[found.words[row, 0]].reshape(-1, cells.shape[1])
        outputs[row] = cells[text] = keep * cells[text] + add
        if shows:
            outputs[row] = shows[0] * cells[text] + shows[1]
    return outputs, cells


def read(reader: Reader, found: Case, kind: str) -> dict[str, float]:
    """How far each thing that an LSTM's reading gives is from NumPy's."""
    layout, (fresh, cells) = Layout.of(reader.library, found.state.shape[2]), found.state.astype(np.float32)
    table = Table(table_rows(np.ascontiguousarray(found.table[:, layout.order], np.float32), kind))
    weights = reader.pack(np.ascontiguousarray(found.weights[layout.order], np.float32))
    outputs, hidden = reader.outputs(len(found.words), fresh.shape[1], 2), fresh.shape[1]
    outputs.values[:] = 0
    largest, total = np.full(fresh.shape, -np.inf, np.float32), np.zeros(fresh.shape, np.float32)
    reader.read(
        found.packed, BiasRows(table, RowIndex(found.words)), weights, fresh, cells, reverse=found.reverse, outputs=outputs,
        direction=1, largest=largest, total=total,
    )  # fmt: skip
    expected, last = lstm(found)
    if outputs.scales is not None:
        outputs.scales[:, 0] = 0
    return pooled(found, largest, total, expected) | {
        "outputs": apart(outputs.floats()[:, hidden:], expected), "last": apart(np.stack([fresh, cells]), last),
        "other direction": float(outputs.values[:, :hidden].any()),
    }  # fmt: skip


def read_light(reader: Reader, found: Case, kind: str, *, shown: bool) -> dict[str, float]:
    """The same of a light recurrence's reading."""
    cells, gates = found.state[1].astype(np.float32), 4 if shown else 2
    hidden = cells.shape[1]
    found = replace(found, table=known(found.table[:, : gates * hidden], kind))
    table = Table(table_rows(found.table.astype(np.float32), kind))
    outputs, fresh = reader.outputs(len(found.words), hidden, 1), np.empty_like(cells)
    largest, total = np.full(fresh.shape, -np.inf, np.float32), np.zeros(fresh.shape, np.float32)
    words = RowIndex(np.ascontiguousarray(found.words[:, :1]))
    reader.read_light(
        found.packed, BiasRows(table, words), fresh, cells, shown=shown, reverse=found.reverse, outputs=outputs, largest=largest, total=total,
    )  # fmt: skip
    expected, last = light(found)
    return pooled(found, largest, total, expected) | {
        "outputs": apart(outputs.floats(), expected),
        "cells": apart(cells, last),
    }


def pooled(found: Case, largest: Array, total: Array, states: Array) -> dict[str, float]:
    """What was pooled on the way; a text without a token has nothing."""
    whole = [
        states[start : start + length] for start, length in zip(found.packed.starts, found.packed.lengths, strict=True)
    ]
    real = found.packed.lengths > 0
    expected = np.array([each.max(axis=0) if len(each) else np.full(states.shape[1], -np.inf) for each in whole])
    counts = np.maximum(found.packed.lengths, 1)[:, None]
    return {
        "largest": apart(largest[real], expected[real]) + float(np.isfinite(largest[~real]).any()),
        "mean": apart(total / counts, np.array([each.sum(axis=0) for each in whole]) / counts),
    }


def project(reader: Reader, found: Case, kind: str, parts: int) -> dict[str, float]:
    """How far products with rows are from NumPy's."""
    random, hidden, width = np.random.default_rng(1), found.state.shape[2], reader.library.width
    values, weights = (
        random.normal(0, 1, (len(found.words), parts * hidden)),
        random.normal(0, hidden**-0.5, (5 * width, parts * hidden)),
    )
    table, columns = known(np.resize(found.table, (WORDS, len(weights))), kind), len(weights)
    expected = values @ weights.T + table[found.words].sum(axis=1)
    bias_rows = BiasRows(Table(table_rows(table.astype(np.float32), kind)), RowIndex(found.words))
    inputs, packed = reader.rows(values.astype(np.float32), parts), reader.pack(weights.astype(np.float32), parts)
    products, largest = (
        np.full(expected.shape, np.nan, np.float32),
        np.full((len(found.packed.lengths), columns), -np.inf, np.float32),
    )
    reader.project(found.packed, inputs, packed, bias_rows, products=products, largest=largest)
    plain, bias = np.empty_like(products), BiasRows(Table(Rows(table[:1].astype(np.float32))))
    reader.project(found.packed, inputs, packed, bias, products=plain)
    return {
        "largest": pooled(found, largest, np.zeros_like(largest), expected)["largest"],
        "products": apart(products, expected),
        "products and a bias": apart(plain, values @ weights.T + table[0]),
    }


def whole_numbers(reader: Reader) -> Iterator[tuple[str, float]]:
    """How far products of whole numbers up to 127 are from what they are, which 32 bits hold: two of the largest are too much for 16."""
    random, shape, columns = np.random.default_rng(2), (11, 5 * reader.library.width), 5 * reader.library.width
    packed, nothing = PackedBatch(np.array([11], np.int32), np.zeros(1, np.int64)), np.zeros((1, columns), np.float32)
    for what, sides in {
        "largest": (127, 127),
        "smallest": (-127, -127),
        "opposite": (127, -127),
        "any": (0, 0),
    }.items():
        values, weights = (
            np.full(size, side) if side else random.integers(-127, 128, size)
            for side, size in zip(sides, (shape, (columns, shape[1])), strict=True)
        )
        values[:, 0] = weights[:, 0] = 127  # every scale is 1
        products = np.empty((11, columns), np.float32)
        given, packed_weights = reader.rows(values.astype(np.float32)), reader.pack(weights.astype(np.float32))
        reader.project(packed, given, packed_weights, BiasRows(Table(Rows(nothing))), products=products)
        yield what, float(np.abs(products - values @ weights.T).max())


def apart(ours: Array, theirs: Array) -> float:
    """The largest difference, of numbers above 1 as a share."""
    if not ours.size:
        return 0.0
    return float((np.abs(ours - theirs) / np.maximum(1, np.abs(theirs))).max())


def numbers(library: Library) -> tuple[str, ...]:
    """Kinds of numbers of the products."""
    return (*library.numbers, "int8")


def differences(library: Library) -> Iterator[Difference]:
    """Layers of one vector and of more than a panel; texts of all and of no tokens; every kind of numbers with every other."""
    for what, far in whole_numbers(Reader(library, "int8")):
        yield Difference(f"int8 products of whole numbers, the {what}", far, 0.5)
    for number, kind in product(numbers(library), TOLERANCE):
        reader = Reader(library, number)
        allowed = TOLERANCE[number]
        for (seed, (vectors, lengths)), reverse in product(
            enumerate([(1, [1]), (5, [4, 9, 1, 0, 2, 9, 9, 3])]), (False, True)
        ):
            hidden = vectors * library.width
            for features in (1, 2):
                found = case(seed, hidden, lengths, kind, features=features, reverse=reverse)
                results = read(reader, found, kind) | project(reader, found, kind, parts=features)
                for shown in (False, True):
                    results |= {
                        f"light {shown} {name}": each
                        for name, each in read_light(reader, found, kind, shown=shown).items()
                    }
                for name, each in results.items():
                    yield Difference(
                        f"{number} products, {kind} table, {hidden} units, lengths {lengths}: {name}", each, allowed
                    )
