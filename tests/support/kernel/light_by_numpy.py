"""The sweeps of light recurrences against NumPy in double precision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from reread.kernel import Library
from reread.kernel.light import BY_POSITION, BY_TEXT, Light
from reread.kernel.sweeps import Texts
from support.kernel.source_checks import Array, Difference, Mutant, from_slope

WORDS = 5
TOLERANCE = 2e-5
GATES = ("keep", "candidate", "show", "beside")
MUTANTS = {
    "reads a step too many": Mutant("light.c", "step < s->lengths[text];", "step <= s->lengths[text];"),
    "clears a row too many": Mutant("light.c", "row < s->time;", "row <= s->time;"),
    "mixes a unit too many": Mutant("light.c", "k < end; k++)\n        mixed", "k <= end; k++)\n        mixed"),
    "takes back a unit too many": Mutant("light.c", "k < end; k++) {\n        float kept", "k <= end; k++) {\n        float kept"),
    "computes a position in steps too large": Mutant("light.c", "return (int64_t)text *", "return text * 0x7FFFFFFF *", "signed integer overflow"),
}  # fmt: skip


@dataclass
class Case:
    """What a sweep reads, and what comes from above; of all units those are swept that have numbers."""

    texts: Texts
    units: range
    arrays: dict[str, Array]  # the gates (WORDS, hidden) and the first cells (batch, hidden)
    d_outputs: Array  # (batch * time, hidden)
    d_last: Array  # (batch, hidden)


def case(seed: int, units: range, lengths: list[int], *, reverse: bool, shown: bool) -> Case:
    random = np.random.default_rng(seed)
    batch, time, width = len(lengths), max(lengths), len(units)
    index = random.integers(0, WORDS, (batch, time), dtype=np.int32)
    order = np.zeros(0, dtype=np.int32)  # a light sweep has none
    return Case(
        Texts(np.array(lengths, dtype=np.int32), order, index, reverse=reverse), units,
        {name: random.uniform(0, 1, (WORDS, width)) for name in GATES[: 2 + 2 * shown]} | {"first": random.normal(0, 1, (batch, width))},
        random.normal(0, 1, (batch * time, width)), random.normal(0, 1, (batch, width)),
    )  # fmt: skip


def read(found: Case, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """The cells and outputs by position, and the last cells."""
    texts, cells = found.texts, np.full(found.d_outputs.shape, np.nan)
    outputs, last = np.zeros(cells.shape), arrays["first"].copy()
    time = texts.index.shape[1]
    for text, length in enumerate(texts.lengths):
        for position in reversed(range(length)) if texts.reverse else range(length):
            row, word = text * time + position, texts.index[text, position]
            keep, candidate, *shown = (arrays[name][word] for name in GATES if name in arrays)
            last[text] = cells[row] = outputs[row] = keep * last[text] + (1 - keep) * candidate
            if shown:
                outputs[row] = shown[0] * cells[row] + (1 - shown[0]) * shown[1]
    return {"cells": cells, "outputs": outputs, "last": last}


def swept(kernel: Light, found: Case, *, beside: int = 0) -> tuple[dict[str, Array], dict[str, Array]]:
    """All arrays after the forward and the backward sweep, and the larger ones that they are the last columns of."""
    (batch, time), texts, units = found.texts.index.shape, found.texts, found.units
    real = (np.arange(time) < texts.lengths[:, None]).reshape(-1)
    d_gates = {f"d_{name}": np.zeros((WORDS, len(units))) for name in GATES if name in found.arrays}
    d_outputs = np.where(real[:, None], found.d_outputs, np.nan)
    filled = {**found.arrays, **d_gates, "d_outputs": d_outputs, "d_cell": found.d_last}
    rows = dict.fromkeys(BY_TEXT, batch) | dict.fromkeys(BY_POSITION, batch * time)
    shown = "show" in found.arrays
    names = {*filled, "cells", "last", *["outputs"] * shown}
    whole = {name: np.full((rows.get(name, WORDS), beside + units.stop), np.nan, dtype=np.float32) for name in names}
    for name, values in filled.items():
        whole[name][:, beside + units.start :] = values
    arrays = {name: array[:, beside:] for name, array in whole.items()}
    kernel.forward(texts, units, **arrays)
    kernel.backward(texts, units, **arrays)
    return arrays, whole


def distance(kernel: Light, found: Case, *, beside: int = 0) -> float:
    """The largest difference from NumPy's; infinite where anything was written beside the units."""
    arrays, whole = swept(kernel, found, beside=beside)
    ours = {name: array[:, found.units.start :] for name, array in arrays.items()}
    theirs = read(found, found.arrays)
    shown = "show" in found.arrays
    if not shown:  # then the cells are the outputs, 0 in the padding
        theirs["cells"] = theirs.pop("outputs")
    apart = [0.0 if np.isnan(array[:, : beside + found.units.start]).all() else np.inf for array in whole.values()]
    apart += [_apart(ours[name], values) for name, values in theirs.items()]

    def loss(changed: Mapping[str, Array]) -> float:
        again = read(found, changed)
        return float((again["outputs"] * found.d_outputs).sum() + (again["last"] * found.d_last).sum())

    gradients = {name: ours[f"d_{name}"] for name in GATES if name in found.arrays} | {"first": ours["d_cell"]}
    return max(*apart, from_slope(loss, found.arrays, gradients))


def _apart(ours: Array, theirs: Array) -> float:
    """The largest difference; NaN must stand in the same places."""
    known = ~np.isnan(theirs)
    same = np.array_equal(known, ~np.isnan(ours))
    return float(np.abs(ours - theirs)[known].max(initial=0)) if same else np.inf


def differences(library: Library) -> Iterator[Difference]:
    """All units and a part of them, which are less, as many and more than a vector holds; texts of all and of no words."""
    blocks = [(range(1), [1]), (range(16), [4, 7, 1, 0, 2, 7]), (range(5, 40), [3] * 6), (range(33), [2, 9, 5, 1, 9])]
    for (seed, (units, lengths)), reverse, shown in product(enumerate(blocks), (False, True), (False, True)):
        found = case(seed, units, lengths, reverse=reverse, shown=shown)
        apart = distance(Light(library, "float32"), found, beside=seed % 2)
        yield Difference(f"{units}, lengths {lengths}", apart, TOLERANCE)
