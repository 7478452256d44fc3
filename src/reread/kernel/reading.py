"""Scoring on NumPy arrays: one direction of a recurrence over texts, and products with every row; see source/reading.c."""

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
    """

    lengths: NDArray[np.int32]
    starts: NDArray[np.int64]


@dataclass(frozen=True)
class Addends:
    """What is added to the sums at each row.

    Attributes:
        table: what each word adds, (words, columns).
        words: the rows of the table that a token's addend is the sum of, int32 (rows, features); None: the table's only row, for all.
    """

    table: Rows
    words: NDArray[np.int32] | None = None

    def floats(self) -> NDArray[np.float32]:
        """What is added, (rows, columns); where words are not told apart one row."""
        values = self.table.floats()
        return values if self.words is None else values[self.words].sum(axis=1)


class _Table(ctypes.Structure):
    _fields_ = (
        ("values", ctypes.c_void_p), ("scales", ctypes.c_void_p), ("kind", ctypes.c_int32), ("columns", ctypes.c_int32),
    )  # fmt: skip


class _Read(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int32) for name in ("batch", "hidden", "features", "reverse", "shown")),
        ("rows", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("lengths", "starts", "words")),
        ("table", _Table),
        *((name, ctypes.c_void_p) for name in ("weights", "fresh", "cells", "states", "scales", "outputs", "output_scales")),
        *((name, ctypes.c_int32) for name in ("output_row", "scale_row")),
        *((name, ctypes.c_void_p) for name in ("largest", "total")),
    )  # fmt: skip


class _Project(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int32) for name in ("batch", "depth", "parts", "columns", "features")),
        ("rows", ctypes.c_int64),
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
        self._read_light = getattr(library.functions, f"reread_read_light_{number}")
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
        self, passage: Passage, addends: Addends, weights: Array, fresh: Array, cells: Array, *, reverse: bool,
        outputs: Rows | None = None, direction: int = 0, largest: Array | None = None, total: Array | None = None,
    ) -> None:  # fmt: skip
        """Read texts with an LSTM.

        Args:
            passage: the texts.
            addends: what each word adds to the gates, (rows, 4 hidden), in the order of `Layout`.
            weights: the packed weights (4 hidden, hidden) from the state.
            fresh: the states before the first step, (texts, hidden); the last states stand there afterwards.
            cells: likewise the cells.
            reverse: from the end.
            outputs: gets every state, at each token's row, in the ``direction``-th of its parts.
            direction: see there.
            largest: gets the largest values of all states and of its own, (texts, hidden).
            total: gets their sums added, (texts, hidden).
        """
        hidden = fresh.shape[1]
        read = self._reading(passage, addends, 4 * hidden, fresh=fresh, cells=cells, largest=largest, total=total)
        read.reverse, read.weights = reverse, self._weights(weights, 4 * hidden, hidden, 1)
        self._run(self._read, read, outputs, direction)

    def read_light(
        self, passage: Passage, addends: Addends, fresh: Array, cells: Array, *, shown: bool, reverse: bool,
        outputs: Rows | None = None, direction: int = 0, largest: Array | None = None, total: Array | None = None,
    ) -> None:  # fmt: skip
        """Read texts with a light recurrence: cell = keep * cell + add, and where it is ``shown``, output = show * cell + rest.

        Args:
            passage: the texts.
            addends: each word's keep and add, and where they are shown its show and rest, side by side, (rows, 2 or 4 hidden).
            fresh: gets the last outputs, (texts, hidden).
            cells: the cells before the first step, likewise; the last ones stand there afterwards.
            shown: whether the output is another one than the cell.
            reverse: from the end.
            outputs: as in `read`.
            direction: as in `read`.
            largest: as in `read`.
            total: as in `read`.
        """
        columns = (4 if shown else 2) * cells.shape[1]
        read = self._reading(passage, addends, columns, fresh=fresh, cells=cells, largest=largest, total=total)
        read.reverse, read.shown = reverse, shown
        self._run(self._read_light, read, outputs, direction)

    def project(
        self, passage: Passage, inputs: Rows, weights: Array, addends: Addends, *,
        products: Array | None = None, largest: Array | None = None,
    ) -> None:  # fmt: skip
        """Multiply rows by weights and add what their words say.

        Args:
            passage: the texts.
            inputs: (rows, parts x depth), as `rows` or `read` make them.
            weights: packed, (columns, parts x depth).
            addends: (rows, columns).
            products: gets the products, (rows, columns).
            largest: gets the largest products of each text and of its own, (texts, columns).
        """
        rows, width = inputs.values.shape
        batch, columns = len(passage.lengths), addends.table.values.shape[1]
        parts = 1 if inputs.scales is None else inputs.scales.shape[1]
        self._whole("a row of products", columns)
        self._whole("a part of a row", width // parts)
        project = _Project(
            batch=batch, depth=width // parts, parts=parts, columns=columns, **_texts(passage, batch, rows), **_words(addends, rows),
            inputs=address("inputs", inputs.values, self.dtype, (rows, parts * (width // parts))),
            scales=None if inputs.scales is None else address("scales", inputs.scales, np.float32, (rows, parts)),
            weights=self._weights(weights, columns, width // parts, parts), table=_table(addends.table, columns),
        )  # fmt: skip
        if products is not None:
            project.products = address("products", products, np.float32, (rows, columns), written=True)
        if largest is not None:
            project.largest = address("largest", largest, np.float32, (batch, columns), written=True)
        self._project(ctypes.byref(project))

    def outputs(self, rows: int, hidden: int, directions: int) -> Rows:
        """Room for the states of all directions at so many rows."""
        scales = np.empty((rows, directions), np.float32) if self.number == "int8" else None
        return Rows(np.empty((rows, directions * hidden), self.dtype), scales)

    def _reading(self, passage: Passage, addends: Addends, columns: int, **written: Array | None) -> _Read:
        """What both kinds of reading are told; ``written`` are (texts, hidden) each."""
        (batch, hidden), words = next(array.shape for array in written.values() if array is not None), addends.words
        if words is None:
            raise ValueError("reading needs to know each row's words")
        self._whole("a layer", hidden)
        addresses = {
            name: address(name, array, np.float32, (batch, hidden), written=True)
            for name, array in written.items()
            if array is not None
        }
        return _Read(
            batch=batch, hidden=hidden, table=_table(addends.table, columns),
            **_texts(passage, batch, len(words)), **_words(addends, len(words)), **addresses,
        )  # fmt: skip

    def _run(self, function: Any, read: _Read, outputs: Rows | None, direction: int) -> None:
        """Read, with room for the states as products read them."""
        states = np.empty((read.batch, read.hidden), self.dtype)
        scales = np.empty(read.batch, np.float32) if self.number == "int8" else None
        read.states, read.scales = states.ctypes.data, None if scales is None else scales.ctypes.data
        if outputs is not None:
            self._give_outputs(read, outputs, direction)
        function(ctypes.byref(read))

    def _give_outputs(self, read: _Read, outputs: Rows, direction: int) -> None:
        (rows, width), hidden = outputs.values.shape, read.hidden
        if rows < read.rows or not 0 <= direction < width // hidden:
            raise ValueError(
                f"outputs are {outputs.values.shape}; there are {read.rows} rows, direction {direction} of {hidden} units"
            )
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


def _texts(passage: Passage, batch: int, rows: int) -> dict[str, Any]:
    """Where the texts are said, checked: their rows are there, and the longest comes first."""
    lengths, starts = passage.lengths, passage.starts
    found = {
        "rows": rows, "lengths": address("lengths", lengths, np.int32, (batch,)), "starts": address("starts", starts, np.int64, (batch,)),
    }  # fmt: skip
    check_range("lengths", lengths, 0, rows)
    if (lengths[1:] > lengths[:-1]).any():
        raise ValueError(f"lengths are {lengths}; the longest text comes first")
    if batch and not (starts.min() >= 0 and (starts + lengths).max() <= rows):
        raise ValueError(f"texts start at {starts} and are {lengths} long; there are {rows} rows")
    return found


def _words(addends: Addends, rows: int) -> dict[str, Any]:
    """Where the rows' words are said, checked: the table has them."""
    words = addends.words
    if words is None:
        return {"features": 1}
    check_range("words", words, 0, len(addends.table.values) - 1)
    return {"features": words.shape[1], "words": address("words", words, np.int32, (rows, words.shape[1]))}


def _table(table: Rows, columns: int) -> _Table:
    values = table.values
    kind = next((name for name, dtype in NUMBERS.items() if values.dtype == dtype), None)
    if kind is None or not len(values):
        raise ValueError(f"the table is {values.dtype} {values.shape}; the kernel takes rows of {', '.join(NUMBERS)}")
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
