"""Scoring on NumPy arrays: one direction of an LSTM over texts, and products with every row; see source/reading.c."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.kernel.library import Library
from reread.kernel.memory import Array, address, check_range

NUMBERS = {"float32": np.float32, "bfloat16": np.uint16, "int8": np.int8}
"""Kinds of numbers, and as what NumPy holds them."""
KINDS = {name: kind for kind, name in enumerate(NUMBERS)}
TEXT_FIELDS = ("lengths", "starts")


@dataclass(frozen=True)
class Rows:
    """Rows of numbers: values of any kind, and of int8 what each row, or each part of it, is to be multiplied by.

    Attributes:
        values: (rows, width).
        scales: (rows, parts), of int8.
    """

    values: Array
    scales: NDArray[np.float32] | None = None

    def floats(self) -> NDArray[np.float32]:
        """The numbers that are meant, (rows, width)."""
        if self.values.dtype == np.uint16:
            return (self.values.astype(np.uint32) << 16).view(np.float32)
        if self.scales is None:
            return self.values
        whole = self.values.astype(np.float32) - (128 if self.values.dtype == np.uint8 else 0)
        parts = self.scales.shape[1]
        return (whole.reshape(len(whole), parts, -1) * self.scales[:, :, None]).reshape(whole.shape)


@dataclass(frozen=True)
class Passage:
    """The texts of one call, and where their tokens stand.

    Attributes:
        lengths: tokens of each, longest first, int32 (texts,).
        starts: the row of each text's first token, int64 (texts,).
        words: the rows of the table that a token is the sum of, int32 (rows, features).
    """

    lengths: NDArray[np.int32]
    starts: NDArray[np.int64]
    words: NDArray[np.int32]


class _Table(ctypes.Structure):
    _fields_ = (
        ("values", ctypes.c_void_p), ("scales", ctypes.c_void_p), ("kind", ctypes.c_int32), ("columns", ctypes.c_int32),
    )  # fmt: skip


class _Read(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int32) for name in ("batch", "hidden", "features", "reverse")),
        *((name, ctypes.c_void_p) for name in ("lengths", "starts", "words")),
        ("table", _Table),
        *((name, ctypes.c_void_p) for name in ("weights", "fresh", "cells", "states", "scales", "outputs", "output_scales")),
        *((name, ctypes.c_int32) for name in ("output_row", "scale_row")),
        *((name, ctypes.c_void_p) for name in ("largest", "total")),
    )  # fmt: skip


class _Project(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int32) for name in ("batch", "depth", "parts", "columns", "features")),
        *((name, ctypes.c_void_p) for name in ("lengths", "starts", "inputs", "scales", "weights", "words")),
        ("table", _Table),
        *((name, ctypes.c_void_p) for name in ("products", "largest")),
    )


class Reader:
    """What one build does for scoring, with products in one kind of numbers.

    Raises (all methods):
        ValueError: an array is not what the kernel takes, which would read or write beyond it.
    """

    def __init__(self, library: Library, number: str) -> None:
        self.library, self.number = library, number
        self._read = getattr(library.functions, f"reread_read_{number}")
        self._project = getattr(library.functions, f"reread_project_{number}")
        self.dtype = np.dtype(np.uint8 if number == "int8" else NUMBERS[number])

    def filled(self, units: int) -> int:
        """So many units, filled up to whole vectors."""
        return -(-units // self.library.width) * self.library.width

    def pack(self, weights: NDArray[np.float32], parts: int = 1) -> NDArray[np.uint8]:
        """Weights (columns, parts x depth), which multiply rows, as the products read them; both sizes are whole vectors."""
        columns, width = weights.shape
        depth, panel = width // parts, 4 * self.library.width
        panels = -(-columns // panel)
        whole = np.zeros((panels * panel, width), np.float32)
        whole[:columns] = weights
        pieces = whole.reshape(panels, panel, parts, depth).swapaxes(1, 2)
        return np.concatenate([_PACK[self.number](piece) for piece in pieces.reshape(-1, panel, depth)])

    def rows(self, values: NDArray[np.float32], parts: int = 1) -> Rows:
        """Floats (rows, parts x depth) as the products read them."""
        if self.number == "float32":
            return Rows(np.ascontiguousarray(values))
        if self.number == "bfloat16":
            return Rows(bfloat16(values))
        whole, scales = _int8(values.reshape(len(values), parts, -1))
        return Rows((whole.reshape(values.shape).astype(np.int16) + 128).astype(np.uint8), scales)

    def read(
        self, passage: Passage, table: Rows, weights: Array, fresh: Array, cells: Array, *,
        reverse: bool, outputs: Rows | None = None, direction: int = 0, largest: Array | None = None, total: Array | None = None,
    ) -> None:  # fmt: skip
        """Read texts.

        Args:
            passage: the texts.
            table: what each word adds to the gates, (words, 4 hidden), in the order of `Layout`.
            weights: the packed weights (4 hidden, hidden) from the state.
            fresh: the states before the first step, (texts, hidden); the last states stand there afterwards.
            cells: likewise the cells.
            reverse: from the end.
            outputs: gets every state, at each token's row, in the ``direction``-th of its parts.
            direction: see there.
            largest: gets the largest values of all states and of its own, (texts, hidden).
            total: gets their sums added, (texts, hidden).
        """
        batch, hidden = fresh.shape
        self._whole("a layer", hidden)
        each = {"fresh": fresh, "cells": cells, "largest": largest, "total": total}
        addresses = {
            name: address(name, array, np.float32, (batch, hidden), written=True)
            for name, array in each.items()
            if array is not None
        }
        states, scales = (
            np.empty((batch, hidden), self.dtype),
            np.empty(batch, np.float32) if self.number == "int8" else None,
        )
        read = _Read(
            batch=batch, hidden=hidden, features=passage.words.shape[1], reverse=reverse, **_texts(passage, batch),
            table=_table(table, passage.words, 4 * hidden), weights=self._weights(weights, 4 * hidden, hidden, 1),
            states=states.ctypes.data, scales=None if scales is None else scales.ctypes.data, **addresses,
        )  # fmt: skip
        if outputs is not None:
            self._give_outputs(read, outputs, len(passage.words), direction)
        self._read(ctypes.byref(read))

    def project(
        self, passage: Passage, inputs: Rows, weights: Array, table: Rows, *,
        by_word: bool = True, products: Array | None = None, largest: Array | None = None,
    ) -> None:  # fmt: skip
        """Multiply rows by weights and add to each what its word says, or to all the first row of the table.

        Args:
            passage: the texts; their words are not looked at where ``by_word`` is off.
            inputs: (rows, parts x depth), as `rows` or `read` make them.
            weights: packed, (columns, parts x depth).
            table: (words, columns).
            by_word: whether each word has a row of the table.
            products: gets the products, (rows, columns).
            largest: gets the largest products of each text and of its own, (texts, columns).
        """
        rows, width = inputs.values.shape
        batch, columns = len(passage.lengths), table.values.shape[1]
        parts = 1 if inputs.scales is None else inputs.scales.shape[1]
        self._whole("a row of products", columns)
        self._whole("a part of a row", width // parts)
        words = passage.words if by_word else np.zeros((rows, 1), np.int32)
        if len(words) != rows:
            raise ValueError(f"{rows} rows for {len(words)} words")
        project = _Project(
            batch=batch, depth=width // parts, parts=parts, columns=columns, features=words.shape[1], **_texts(passage, batch, rows),
            inputs=address("inputs", inputs.values, self.dtype, (rows, parts * (width // parts))),
            scales=None if inputs.scales is None else address("scales", inputs.scales, np.float32, (rows, parts)),
            weights=self._weights(weights, columns, width // parts, parts), table=_table(table, words, columns),
        )  # fmt: skip
        if not by_word:
            project.words = None
        if products is not None:
            project.products = address("products", products, np.float32, (rows, columns), written=True)
        if largest is not None:
            project.largest = address("largest", largest, np.float32, (batch, columns), written=True)
        self._project(ctypes.byref(project))

    def outputs(self, rows: int, hidden: int, directions: int) -> Rows:
        """Room for the states of all directions at so many rows."""
        scales = np.empty((rows, directions), np.float32) if self.number == "int8" else None
        return Rows(np.empty((rows, directions * hidden), self.dtype), scales)

    def _give_outputs(self, read: _Read, outputs: Rows, rows: int, direction: int) -> None:
        width, hidden = outputs.values.shape[1], read.hidden
        if not 0 <= direction < width // hidden:
            raise ValueError(f"direction {direction} of {width // hidden}")
        start = address("outputs", outputs.values, self.dtype, (rows, width), written=True)
        read.outputs, read.output_row = start + direction * hidden * self.dtype.itemsize, width
        if self.number == "int8":
            scales = outputs.scales
            if scales is None:
                raise ValueError("outputs of int8 have scales")
            read.scale_row = width // hidden
            read.output_scales = (
                address("output scales", scales, np.float32, (rows, read.scale_row), written=True) + 4 * direction
            )

    def _weights(self, weights: Array, columns: int, depth: int, parts: int) -> int:
        panel = 4 * self.library.width
        size = panel * (depth + 8 if self.number == "int8" else depth * self.dtype.itemsize)
        return address("weights", weights, np.uint8, (-(-columns // panel) * parts * size,))

    def _whole(self, what: str, units: int) -> None:
        if units < 1 or units % self.library.width:
            raise ValueError(f"{what} of {units}; the kernel takes multiples of {self.library.width}")


def bfloat16(values: NDArray[np.float32]) -> NDArray[np.uint16]:
    """The upper halves of floats, rounded to nearest, ties to even."""
    bits = np.ascontiguousarray(values).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def table_rows(values: NDArray[np.float32], number: str) -> Rows:
    """Floats (words, columns) as rows of a table of one kind of numbers."""
    if number == "float32":
        return Rows(values)
    if number == "bfloat16":
        return Rows(bfloat16(values))
    return Rows(*_int8(values))


def _int8(values: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Whole numbers from -127 to 127, and the scales (…, 1 less) of the last axis."""
    scales = np.abs(values).max(axis=-1) / np.float32(127)
    divisors = np.where(scales > 0, scales, 1)[..., None]
    return np.rint(values / divisors).astype(np.int8), scales.astype(np.float32)


def _pack_float32(panel: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(panel.T).reshape(-1).view(np.uint8)


def _pack_bfloat16(panel: NDArray[np.float32]) -> NDArray[np.uint8]:
    columns, depth = panel.shape
    return (
        np.ascontiguousarray(bfloat16(panel).reshape(columns, depth // 2, 2).swapaxes(0, 1)).reshape(-1).view(np.uint8)
    )


def _pack_int8(panel: NDArray[np.float32]) -> NDArray[np.uint8]:
    (columns, depth), (whole, scales) = panel.shape, _int8(panel)
    surplus = -128 * whole.astype(np.int32).sum(axis=1, dtype=np.int32)
    values = np.ascontiguousarray(whole.reshape(columns, depth // 4, 4).swapaxes(0, 1))
    return np.concatenate([part.reshape(-1).view(np.uint8) for part in (values, scales, surplus)])


_PACK = {"float32": _pack_float32, "bfloat16": _pack_bfloat16, "int8": _pack_int8}


def _texts(passage: Passage, batch: int, rows: int | None = None) -> dict[str, Any]:
    """Where the texts are said, checked: their rows are there, and the longest comes first."""
    lengths, starts, words = passage.lengths, passage.starts, passage.words
    rows = len(words) if rows is None else rows
    found = {
        "lengths": address("lengths", lengths, np.int32, (batch,)), "starts": address("starts", starts, np.int64, (batch,)),
        "words": address("words", words, np.int32, words.shape),
    }  # fmt: skip
    check_range("lengths", lengths, 0, rows)
    if (lengths[1:] > lengths[:-1]).any():
        raise ValueError(f"lengths are {lengths}; the longest text comes first")
    if batch and not (starts.min() >= 0 and (starts + lengths).max() <= rows):
        raise ValueError(f"texts start at {starts} and are {lengths} long; there are {rows} rows")
    return found


def _table(table: Rows, words: NDArray[np.int32], columns: int) -> _Table:
    values = table.values
    kind = next((name for name, dtype in NUMBERS.items() if values.dtype == dtype), None)
    if kind is None:
        raise ValueError(f"the table is {values.dtype}; the kernel takes {', '.join(NUMBERS)}")
    check_range("words", words, 0, len(values) - 1)
    scales = None
    if kind == "int8":
        if table.scales is None:
            raise ValueError("a table of int8 has scales")
        scales = address("scales", table.scales, np.float32, (len(values),))
    return _Table(
        values=address("the table", values, NUMBERS[kind], (len(values), columns)),
        scales=scales,
        kind=KINDS[kind],
        columns=columns,
    )
