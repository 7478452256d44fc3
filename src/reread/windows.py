"""A long text in windows: the same answer as in one pass, in the memory of one window.

The state entering a window is all it needs of the rest of the text. Layer by layer, one
sweep from right to left finds the backward states at every border, one from left to right the forward ones;
in the last sweep every window has exact states on both sides, and the poolings' summaries are merged.

The functions slice arrays and call ``run``: they serve NumPy arrays and torch tensors alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Run = Callable[[Any, Any], Any]
"""(ids of one window (1, T, F), states entering it (layers x directions, 1, S)) → the states leaving it."""


def cut(ids: Any, window: int) -> list[Any]:
    """Cut ids (1, T, F) into windows of at most ``window`` tokens, in reading order."""
    return [ids[:, start : start + window] for start in range(0, ids.shape[1], window)]


def entering_states(run: Run, start: Any, pieces: Sequence[Any], layers: int, *, bidirectional: bool) -> list[Any]:
    """The states entering each window: exact for all backward states, and all forward sweeps but the last.

    Row ``2 * layer`` of the states is read left to right, row ``2 * layer + 1`` right to left; a one-way model has
    one row a layer. The caller makes the last left-to-right sweep, and merges summaries in it: see `carry`.
    """
    entering = [start + 0 for _ in pieces]  # + 0 copies an array of either kind
    if not bidirectional:
        return entering
    last = len(pieces) - 1
    for layer in range(layers):
        ahead, back = 2 * layer, 2 * layer + 1
        for k in range(last, 0, -1):
            entering[k - 1][back] = run(pieces[k], entering[k])[back]
        if layer < layers - 1:
            for k in range(last):
                entering[k + 1][ahead] = run(pieces[k], entering[k])[ahead]
    return entering


def carry(leaving: Any, entering: Any, layers: int, *, bidirectional: bool) -> None:
    """In the last sweep, pass the states leaving one window to the next: those that move left to right."""
    if bidirectional:
        entering[2 * (layers - 1)] = leaving[2 * (layers - 1)]
    else:
        entering[:] = leaving


def length_groups(lengths: NDArray[np.int64], *, texts: int, tokens: int, window: int) -> Iterator[NDArray[np.int64]]:
    """Groups of rows of similar length for one call each, shortest first.

    A group has at most ``texts`` rows and, padding included, ``tokens`` tokens. A text longer than ``window`` goes
    alone, so that its windows need no padding.
    """
    order = np.argsort(lengths, kind="stable")
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and stop - start < texts:
            longest = int(lengths[order[stop]])
            if longest > window or longest * (stop - start + 1) > tokens:
                break
            stop += 1
        yield order[start:stop]
        start = stop


def pad(texts: Sequence[NDArray[np.int32]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pad ids of texts, each (tokens, features), into (batch, time, features); also returns lengths (batch,)."""
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    if len(texts) == 1:
        return texts[0][None].astype(np.int64), lengths
    ids = np.zeros((len(texts), int(lengths.max()), texts[0].shape[1]), dtype=np.int64)
    for row, text in zip(ids, texts, strict=True):
        row[: len(text)] = text
    return ids, lengths
