"""The sweeps of an LSTM against NumPy in double precision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from reread.kernel import Library
from reread.kernel.lstm import Layout, Lstm
from reread.kernel.sweeps import Texts
from support.kernel.source_checks import Array, Difference, Mutant, from_slope

WORDS = 5
TOLERANCE = {"float32": 2e-5, "bfloat16": 8e-2}
MUTANTS = {
    "clears a row too many": Mutant("lstm.c", "row < s->time + 2;", "row <= s->time + 2;"),
    "multiplies too much": Mutant("numbers.h", "k < depth; k += PAIR, panel", "k <= depth; k += PAIR, panel"),
    "adds a row too many": Mutant("sweep.h", "r < rows", "r <= rows"),
    "computes a row in steps too large": Mutant("lstm.c", "return text *", "return text * 0x7FFFFFFF *", "signed integer overflow"),
}  # fmt: skip


@dataclass
class Case:
    """What a sweep reads, gates in torch's order, and what comes from above."""

    lengths: list[int]
    reverse: bool
    inputs: Array  # (WORDS, 4 hidden)
    weights: Array  # (4 hidden, hidden)
    start: Array  # the first states and cells, (2, batch, hidden)
    mask: Array | None  # (batch, hidden)
    index: Array  # (batch, time)
    d_states: Array  # (batch, time, hidden)
    d_last: Array  # of the last states and cells, (2, batch, hidden)


def case(seed: int, hidden: int, lengths: list[int], *, reverse: bool, masked: bool) -> Case:
    random = np.random.default_rng(seed)
    batch, time = len(lengths), max(lengths)
    return Case(
        lengths, reverse,
        inputs=random.normal(0, 0.5, (WORDS, 4 * hidden)), weights=random.normal(0, 0.5 / hidden**0.5, (4 * hidden, hidden)),
        start=random.normal(0, 0.5, (2, batch, hidden)), mask=random.integers(0, 2, (batch, hidden)) * 1.5 if masked else None,
        index=random.integers(0, WORDS, (batch, time)), d_states=random.normal(0, 1, (batch, time, hidden)),
        d_last=random.normal(0, 1, (2, batch, hidden)),
    )  # fmt: skip


def read(found: Case, inputs: Array, weights: Array, start: Array) -> tuple[Array, Array]:
    """The states by position and the last states and cells: docs/sources.md, S1, equations 4-9."""
    states, last = np.zeros(found.d_states.shape), start.copy()
    for text, length in enumerate(found.lengths):
        state, cell = start[:, text]
        for position in reversed(range(length)) if found.reverse else range(length):
            fed = state if found.mask is None else state * found.mask[text]
            into, forget, candidate, out = (inputs[found.index[text, position]] + weights @ fed).reshape(4, -1)
            cell = cell / (1 + np.exp(-forget)) + np.tanh(candidate) / (1 + np.exp(-into))
            state = states[text, position] = np.tanh(cell) / (1 + np.exp(-out))
        last[:, text] = state, cell
    return states, last


def prepared(kernel: Lstm, found: Case) -> tuple[Texts, dict[str, Any]]:
    """What a forward sweep takes; gates in the kernel's order."""
    (batch, time, hidden), order = found.d_states.shape, Layout.of(kernel.library, found.weights.shape[1]).order
    lengths = np.array(found.lengths, dtype=np.int32)
    visited = np.argsort(-lengths, kind="stable").astype(np.int32)
    state, cell = found.start.astype(np.float32)
    mask = None if found.mask is None else found.mask.astype(np.float32)
    arrays = {
        "inputs": found.inputs[:, order].astype(np.float32, order="C"), "weights": kernel.pack(found.weights[order].astype(np.float32)),
        "mask": mask, "gates": unread(batch, time, 4 * hidden, kernel.dtype), "cells": unread(batch, time, hidden),
        "states": beside(unread(batch, time, 2 * hidden), found), "fed": unread(batch, time, hidden, kernel.dtype).reshape(-1, hidden),
    }  # fmt: skip
    text, row = np.arange(batch), lengths + 1 if found.reverse else 0 * lengths
    start = text * (time + 2) + row
    arrays["states"][start], arrays["cells"][text, row] = state, cell
    fed = state if mask is None else state * mask
    # The upper half of a float32 is a bfloat16; how its last bit is rounded matters to no test here.
    arrays["fed"][start] = fed if kernel.dtype == np.float32 else fed.view(np.uint32) >> 16
    return Texts(lengths, visited, found.index.astype(np.int32), reverse=found.reverse), arrays


def unread(batch: int, time: int, width: int, dtype: Any = np.float32) -> Array:
    """NaN in all rows, in float32 or bfloat16."""
    return np.full((batch, time + 2, width), np.nan if dtype == np.float32 else 0x7FC0, dtype=dtype)


def beside(wide: Array, found: Case) -> Array:
    """The rows of a direction's columns in an array that both directions share."""
    return np.split(wide.reshape(-1, wide.shape[-1]), 2, axis=1)[found.reverse]


def swept(kernel: Lstm, found: Case) -> tuple[dict[str, Array], Array]:
    """All arrays after the forward and the backward sweep, and the gradient of the inputs."""
    (batch, time, hidden), order = found.d_states.shape, Layout.of(kernel.library, found.weights.shape[1]).order
    texts, arrays = prepared(kernel, found)
    kernel.forward(texts, **arrays)
    arrays["d_states"] = beside(np.full((batch, time, 2 * hidden), np.nan, dtype=np.float32), found)
    arrays["d_states"][:] = found.d_states.reshape(-1, hidden)
    arrays["d_state"], arrays["d_cell"] = (part.astype(np.float32) for part in found.d_last)
    arrays["weights"] = kernel.pack(found.weights[order].astype(np.float32), backward=True)
    kernel.backward(texts, **arrays)
    index = np.full((batch, time + 2), -1, dtype=np.int32)
    index[:, 1:-1] = found.index
    sums = np.zeros_like(arrays["inputs"])
    kernel.add_rows(index, arrays["gates"], sums)
    return arrays, sums


def distance(kernel: Lstm, found: Case) -> float:
    """The largest difference of states and gradients from NumPy's; the gradients' along one direction, by central difference."""
    arrays, d_inputs = swept(kernel, found)
    states, last = read(found, found.inputs, found.weights, found.start)
    end = (np.arange(len(last[0])), np.array([1 if found.reverse else length for length in found.lengths]))
    real = np.arange(states.shape[1]) < np.array(found.lengths)[:, None]
    batch, time, hidden = states.shape
    positions = {name: arrays[name].reshape(batch, time + 2, hidden) for name in ("states", "cells")}
    apart = [np.abs(positions["states"][:, 1:-1] - states)[real].max(initial=0)]
    apart += [np.abs(positions[name][end] - part).max() for name, part in zip(("states", "cells"), last, strict=True)]
    others = beside(
        arrays["states"].base.reshape(batch * (time + 2), 2 * hidden), replace(found, reverse=not found.reverse)
    )
    apart.append(0.0 if np.isnan(others).all() else np.inf)  # the other direction's

    def loss(changed: Mapping[str, Array]) -> float:
        states, last = read(found, changed["inputs"], found.weights, changed["start"])
        return float((states * found.d_states).sum() + (last * found.d_last).sum())

    gradients = {"inputs": np.empty_like(d_inputs), "start": np.stack([arrays["d_state"], arrays["d_cell"]])}
    gradients["inputs"][:, Layout.of(kernel.library, found.weights.shape[1]).order] = d_inputs
    slope = from_slope(loss, {"inputs": found.inputs, "start": found.start}, gradients)
    return float(max(*apart, slope))


def differences(library: Library) -> Iterator[Difference]:
    """Every kind of number, full and partly filled panels and tiles."""
    blocks = [(1, [1]), (3, [4, 7, 1, 0, 2]), (4, [3] * 6), (5, [2, 9, 5, 1, 3, 9, 6, 4])]
    for number, (seed, (units, lengths)), reverse in product(library.numbers, enumerate(blocks), (False, True)):
        found = case(seed, units * library.width, lengths, reverse=reverse, masked=seed % 2 == 1)
        apart = distance(Lstm(library, number), found)
        yield Difference(f"{number}, {units} blocks, lengths {lengths}", apart, TOLERANCE[number])
