"""One direction of an LSTM over a batch of texts, on NumPy arrays: the time loop in C, forward and backward.

Per-position arrays have time + 2 rows a text; position p stands in row p + 1, so that the state before the first position has a row too:
row 0, or row length + 1 where the text is read from its end. See source/lstm.c.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.kernel.library import Library
from reread.kernel.sweeps import Sweeps, Texts

Array = NDArray[Any]
_NUMBERS = ("batch", "time", "hidden", "reverse")
_ARRAYS = (
    "order", "lengths", "index", "inputs", "weights", "mask", "states", "cells", "fed", "gates", "d_gates", "d_states", "d_state", "d_cell",
)  # fmt: skip


class _Sweep(ctypes.Structure):
    _fields_ = [*((name, ctypes.c_int32) for name in _NUMBERS), *((name, ctypes.c_void_p) for name in _ARRAYS)]


@dataclass(frozen=True)
class Layout:
    """How the kernel orders the units and gates of a layer.

    Attributes:
        hidden: units, filled up to a multiple of the vector's width.
        order: for each of the kernel's 4 * hidden gate values its place in torch's order; -1 for one that fills up.
    """

    hidden: int
    order: NDArray[np.int64]

    @classmethod
    def of(cls, library: Library, hidden: int) -> Layout:
        """The layout of a layer of so many units."""
        width = library.width
        filled = -(-hidden // width) * width
        unit = np.arange(filled).reshape(-1, 1, width)
        order = np.where(unit < hidden, np.arange(4).reshape(1, 4, 1) * hidden + unit, -1)
        return cls(filled, order.reshape(-1))


class Lstm(Sweeps):
    """The sweeps of one build, with products in one kind of numbers."""

    def __init__(self, library: Library, number: str) -> None:
        super().__init__(library, number)
        functions = library.functions
        self._forward = getattr(functions, f"reread_lstm_forward_{number}")
        self._backward = getattr(functions, f"reread_lstm_backward_{number}")
        self._pack = getattr(functions, f"reread_pack_{number}")
        self._add_rows = getattr(functions, f"reread_add_rows_{number}")
        self.dtype = np.dtype(np.float32 if number == "float32" else np.uint16)

    def pack(self, weights: NDArray[np.float32], *, backward: bool = False) -> Array:
        """The recurrent weights (4 hidden, hidden) as the products of a sweep read them."""
        gates, hidden = weights.shape
        depth, columns = (gates, hidden) if backward else (hidden, gates)
        down, across = (hidden, 1) if backward else (1, hidden)
        panel = 4 * self.library.width
        packed = np.empty(depth * -(-columns // panel) * panel, dtype=self.dtype)
        self._pack(
            depth, columns, ctypes.c_void_p(weights.ctypes.data), ctypes.c_int64(down), ctypes.c_int64(across),
            ctypes.c_void_p(packed.ctypes.data),
        )  # fmt: skip
        return packed

    def forward(self, texts: Texts, **arrays: Array | None) -> None:
        """Read the texts; fills ``states``, ``cells``, ``fed`` and ``gates``, but for the rows that no position has."""
        self._forward(ctypes.byref(_sweep(texts, arrays)))

    def backward(self, texts: Texts, **arrays: Array | None) -> None:
        """Take gradients back; fills ``d_gates`` and leaves in ``d_state`` and ``d_cell`` those of the first state and cell."""
        self._backward(ctypes.byref(_sweep(texts, arrays)))

    def add_rows(self, index: NDArray[np.int32], values: Array, sums: NDArray[np.float32]) -> None:
        """Add each row of ``values`` (…, width) to the row of ``sums`` (n, width) that ``index`` (…) names; below 0, to none."""
        self._add_rows(
            ctypes.c_int64(index.size), ctypes.c_int64(values.shape[-1]),
            *(ctypes.c_void_p(array.ctypes.data) for array in (index, values, sums)),
        )  # fmt: skip


def _sweep(texts: Texts, arrays: dict[str, Array | None]) -> _Sweep:
    cells = arrays["cells"]
    if cells is None:
        raise TypeError("a sweep needs cells")
    every = {"order": texts.order, "lengths": texts.lengths, "index": texts.index, **arrays}
    pointers = {name: None if array is None else array.ctypes.data for name, array in every.items()}
    return _Sweep(
        batch=len(texts.order), time=texts.index.shape[1], hidden=cells.shape[-1], reverse=texts.reverse, **pointers
    )
