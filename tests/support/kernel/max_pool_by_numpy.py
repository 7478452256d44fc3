"""Max pooling and its gradients against NumPy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from reread.kernel import Library
from reread.kernel.max_pool import max_pool, max_pool_backward
from support.kernel.source_checks import Difference, Mutant

MUTANTS = {
    "reads a row too many": Mutant("max_pool.c", "position < lengths[text]", "position <= lengths[text]"),
    "shares a column too many": Mutant("max_pool.c", "for (int k = 0; k < width; k++) {\n                d_value", "for (int k = 0; k <= width; k++) {\n                d_value"),
    "fills a column too many": Mutant("max_pool.c", "for (int k = 0; k < width; k++) {\n            largest[k] = -INFINITY;", "for (int k = 0; k <= width; k++) {\n            largest[k] = -INFINITY;"),
}  # fmt: skip


def differences(library: Library) -> Iterator[Difference]:
    """Full and partly filled vectors, texts of no row and of all, rows that are columns of wider ones."""
    random = np.random.default_rng(0)
    for width, lengths in ((1, [1]), (16, [3, 0, 2]), (37, [5, 4, 1, 5]), (64, [2] * 3)):
        batch, time = len(lengths), max(lengths)
        whole = random.integers(-3, 3, (batch, time, 2 * width)).astype(np.float32)  # with equal ones
        for values in (whole[..., :width].copy(), whole[..., width:]):
            found, argmax = max_pool(library, values, np.array(lengths, np.int32))
            for text, length in enumerate(lengths):
                rows = values[text, :length]
                expected = rows.max(axis=0, initial=-np.inf)
                same = np.array_equal(found[text], expected)
                first = not length or np.array_equal(argmax[text], rows.argmax(axis=0))
                yield Difference(f"{width} columns, {length} rows", 0.0 if same and first else np.inf, 1.0)
    for width, factors, rows in ((1, 1, 1), (16, 3, 4), (37, 5, 2)):
        gradients, weights = random.normal(size=(2, factors)), random.normal(size=(factors, width))
        values, argmax = random.normal(size=(rows, 2 * width))[:, width:], random.integers(0, rows, (2, factors))
        d_values, d_weights = np.zeros((rows, width)), np.zeros((factors, width))
        for text, factor in np.ndindex(2, factors):
            d_values[argmax[text, factor]] += gradients[text, factor] * weights[factor]
            d_weights[factor] += gradients[text, factor] * values[argmax[text, factor]]
        single = [each.astype(np.float32) for each in (gradients, values, weights)]
        found = max_pool_backward(library, single[0], argmax, *single[1:])
        apart = max(np.abs(own - other).max() for own, other in zip(found, (d_values, d_weights), strict=True))
        yield Difference(f"{factors} factors of {width} columns, {rows} rows", float(apart), 1e-5)
