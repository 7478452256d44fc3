"""Max pooling against NumPy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from source_checks import Difference, Mutant

from reread.kernel import Library
from reread.kernel.largest import largest

MUTANTS = {
    "reads a row too many": Mutant("largest.c", "position < lengths[text]", "position <= lengths[text]"),
    "fills a column too many": Mutant("largest.c", "for (int k = 0; k < width; k++) {\n            largest[k] = -INFINITY;", "for (int k = 0; k <= width; k++) {\n            largest[k] = -INFINITY;"),
}  # fmt: skip


def differences(library: Library) -> Iterator[Difference]:
    """Full and partly filled vectors, texts of no row and of all, rows that are columns of wider ones."""
    random = np.random.default_rng(0)
    for width, lengths in ((1, [1]), (16, [3, 0, 2]), (37, [5, 4, 1, 5]), (64, [2] * 3)):
        batch, time = len(lengths), max(lengths)
        whole = random.integers(-3, 3, (batch, time, 2 * width)).astype(np.float32)  # with equal ones
        for values in (whole[..., :width].copy(), whole[..., width:]):
            found, winners = largest(library, values, np.array(lengths, np.int32))
            for text, length in enumerate(lengths):
                rows = values[text, :length]
                expected = rows.max(axis=0, initial=-np.inf)
                same = np.array_equal(found[text], expected)
                first = not length or np.array_equal(winners[text], rows.argmax(axis=0))
                yield Difference(f"{width} columns, {length} rows", 0.0 if same and first else np.inf, 1.0)
