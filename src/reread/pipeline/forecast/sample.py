"""Some of the rows that a run reads, as if they were all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from reread.data.subset import Subset, take
from reread.pipeline.prepared import Prepared
from reread.text.encoded import EncodedTexts


def sampled(prepared: Prepared, train: int, validation: int) -> Prepared:
    """At most so many rows to train on and held out, drawn at random, the same each time.

    The task and the vocabulary stay those of all rows.
    """
    sides = [_drawn(prepared.train, train), _drawn(prepared.validation, validation)]
    rows = np.concatenate(sides)
    ids = [prepared.encoded[int(row)] for row in rows]
    offsets = np.cumsum([0, *map(len, ids)])
    return replace(
        prepared,
        texts=Subset(prepared.texts, rows),
        keys=prepared.keys[rows],
        targets=take(prepared.targets, rows),
        encoded_targets=prepared.encoded_targets[rows],
        weights=prepared.weights[rows],
        encoded=EncodedTexts(np.concatenate(ids), offsets.astype(np.int64)),
        train=np.arange(len(sides[0])),
        validation=np.arange(len(sides[0]), len(rows)),
        groups=None if prepared.groups is None else take(prepared.groups, rows),
        shares=None if prepared.shares is None else prepared.shares[rows],
        taught=0,
        origin=None,
    )


def _drawn(rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    return rows if len(rows) <= most else np.random.default_rng(0).choice(rows, most, replace=False)
