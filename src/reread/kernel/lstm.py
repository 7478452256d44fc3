"""One direction of an LSTM over a batch of texts, on NumPy arrays: the time loop in C, forward and backward.

Per-position arrays have time + 2 rows per text, except the gradients from above, which have time rows. Position p is
row p + 1, so that the state before the first position has a row too: row 0, or row length + 1 if the text is read from
its end. Arrays of BY_ROW may be columns of a wider array, for example if two directions write their states side by
side. See source/lstm.c.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

from reread.kernel.library import Library
from reread.kernel.memory import Array, address, check_range, rows_address
from reread.kernel.sweeps import Sweeps, Texts

BY_ROW = ("states", "fed", "d_states")
_NUMBERS = ("batch", "time", "hidden", "reverse", *(f"{name}_row" for name in BY_ROW))
_ARRAYS = (
    "order",
    "lengths",
    "index",
    "inputs",
    "weights",
    "mask",
    "states",
    "cells",
    "fed",
    "gates",
    "d_states",
    "d_state",
    "d_cell",
)
FORWARD = ("inputs", "weights", "states", "cells", "fed")
BACKWARD = ("inputs", "weights", "cells", "gates", "d_states", "d_state", "d_cell")
WRITTEN = {"states", "cells", "fed", "gates", "d_state", "d_cell"}
LARGEST = np.iinfo(np.int32).max  # the kernel counts rows in int32


class _Sweep(ctypes.Structure):
    _fields_ = [*((name, ctypes.c_int32) for name in _NUMBERS), *((name, ctypes.c_void_p) for name in _ARRAYS)]


@dataclass(frozen=True)
class Layout:
    """How the kernel orders the units and gates of a layer.

    Attributes:
        hidden: units, padded to a multiple of the vector's width.
        order: for each of the kernel's 4 * hidden gate values, its index in torch's order; -1 for padding.
    """

    hidden: int
    order: NDArray[np.int64]

    @classmethod
    def of(cls, library: Library, hidden: int) -> Layout:
        """The layout of a layer of this many units."""
        width = library.width
        filled = -(-hidden // width) * width
        unit = np.arange(filled).reshape(-1, 1, width)
        order = np.where(unit < hidden, np.arange(4).reshape(1, 4, 1) * hidden + unit, -1)
        return cls(filled, order.reshape(-1))


class Lstm(Sweeps):
    """The sweeps of one build, with products in one dtype.

    Raises (all methods):
        ValueError: an array has the wrong shape, dtype or layout.
    """

    def __init__(self, library: Library, precision: str) -> None:
        super().__init__(library, precision)
        functions = library.functions
        self._forward = getattr(functions, f"reread_lstm_forward_{precision}")
        self._backward = getattr(functions, f"reread_lstm_backward_{precision}")
        self._pack = getattr(functions, f"reread_pack_{precision}")
        self._add_rows = getattr(functions, f"reread_add_rows_{precision}")
        self.dtype = np.dtype(np.float32 if precision == "float32" else np.uint16)

    def pack(self, weights: NDArray[np.float32], *, backward: bool = False) -> Array:
        """The recurrent weights (4 hidden, hidden), packed for the products of a sweep."""
        hidden = weights.shape[-1]
        gates = 4 * hidden
        start = address("weights", weights, np.float32, (gates, hidden))
        depth, columns = (gates, hidden) if backward else (hidden, gates)
        down, across = (hidden, 1) if backward else (1, hidden)
        packed = np.empty(self._packed(hidden, backward=backward), dtype=self.dtype)
        self._pack(
            depth,
            columns,
            ctypes.c_void_p(start),
            ctypes.c_int64(down),
            ctypes.c_int64(across),
            ctypes.c_void_p(packed.ctypes.data),
        )
        return packed

    def forward(self, texts: Texts, **arrays: Array | None) -> None:
        """Read the texts; fills ``states``, ``cells``, ``fed`` and ``gates`` in the rows of positions."""
        self._forward(ctypes.byref(self._sweep(texts, arrays, FORWARD, backward=False)))

    def backward(self, texts: Texts, **arrays: Array | None) -> None:
        """Backward pass: gradients go to ``gates``, those of the first state and cell to ``d_state`` and ``d_cell``."""
        self._backward(ctypes.byref(self._sweep(texts, arrays, BACKWARD, backward=True)))

    def add_rows(self, index: NDArray[np.int32], values: Array, sums: NDArray[np.float32]) -> None:
        """Add each row of ``values`` (…, width) to the row of ``sums`` (n, width) in ``index`` (…); -1: to none."""
        rows, width = sums.shape
        self._filled("a row", width)
        check_range("index", index, -1, rows - 1)
        self._add_rows(
            ctypes.c_int64(index.size),
            ctypes.c_int64(width),
            ctypes.c_void_p(address("index", index, np.int32, index.shape)),
            ctypes.c_void_p(address("values", values, self.dtype, (*index.shape, width))),
            ctypes.c_void_p(address("sums", sums, np.float32, sums.shape, written=True)),
        )

    def _sweep(
        self, texts: Texts, arrays: Mapping[str, Array | None], needed: Sequence[str], *, backward: bool
    ) -> _Sweep:
        given = {name: array for name, array in arrays.items() if array is not None}
        if missing := [name for name in needed if name not in given]:
            raise TypeError(f"a sweep needs {', '.join(missing)}")
        given |= {"order": texts.order, "lengths": texts.lengths, "index": texts.index}
        (batch, time), inputs, hidden = texts.index.shape, len(given["inputs"]), given["cells"].shape[-1]
        _check(texts, inputs)
        each, positions, rows = (batch, hidden), (batch, time + 2), batch * (time + 2)
        takes: dict[str, tuple[DTypeLike, tuple[int, ...]]] = {
            "order": (np.int32, texts.order.shape),
            "lengths": (np.int32, (batch,)),
            "index": (np.int32, (batch, time)),
            "inputs": (np.float32, (inputs, 4 * hidden)),
            "weights": (self.dtype, (self._packed(hidden, backward=backward),)),
            "mask": (np.float32, each),
            "cells": (np.float32, (*positions, hidden)),
            "gates": (self.dtype, (*positions, 4 * hidden)),
            "d_state": (np.float32, each),
            "d_cell": (np.float32, each),
        }
        by_row: dict[str, tuple[tuple[int, int], DTypeLike]] = {
            "states": ((rows, hidden), np.float32),
            "fed": ((rows, hidden), self.dtype),
            "d_states": ((batch * time, hidden), np.float32),
        }
        fields: dict[str, int] = {}
        for name, array in given.items():
            if name in by_row:
                fields[name] = rows_address(name, array, *by_row[name], written=name in WRITTEN)
                fields[f"{name}_row"] = array.strides[0] // array.itemsize
            else:
                fields[name] = address(name, array, *takes[name], written=name in WRITTEN)
        return _Sweep(batch=len(texts.order), time=time, hidden=hidden, reverse=texts.reverse, **fields)

    def _packed(self, hidden: int, *, backward: bool) -> int:
        """Packed weights: whole panels of 4 vectors."""
        self._filled("a layer", hidden)
        panel = 4 * self.library.width
        return 4 * hidden * -(-hidden // panel) * panel if backward else hidden * 4 * hidden

    def _filled(self, what: str, units: int) -> None:
        if units % self.library.width:
            raise ValueError(f"{what} of {units}; the kernel takes multiples of {self.library.width}")


def _check(texts: Texts, inputs: int) -> None:
    batch, time = texts.index.shape
    check_range("index", texts.index, 0, inputs - 1)
    check_range("lengths", texts.lengths, 0, time)
    check_range("order", texts.order, 0, batch - 1)
    visited = texts.lengths[texts.order]
    if (visited[1:] > visited[:-1]).any():
        raise ValueError(f"order is {texts.order}; the longest text comes first")
    if batch * (time + 2) > LARGEST:
        raise ValueError(f"{batch} texts of {time} positions; the kernel takes {LARGEST} rows")
