"""One direction of a light recurrence over a batch of texts, on NumPy arrays: the time loop in C, forward and backward.

See source/light.c. Arrays may be columns of a larger one: what counts is that units are next to each other.
"""

from __future__ import annotations

import ctypes
from typing import Any

from numpy.typing import NDArray

from reread.kernel.library import Library
from reread.kernel.sweeps import Sweeps, Texts

Array = NDArray[Any]
_NUMBERS = ("batch", "time", "begin", "end", "reverse")
_ROWS = (
    "keep", "candidate", "show", "beside", "d_keep", "d_candidate", "d_show", "d_beside", "first", "last", "d_cell", "cells", "outputs",
    "d_outputs",
)  # fmt: skip


class _Rows(ctypes.Structure):
    _fields_ = (("values", ctypes.c_void_p), ("row", ctypes.c_int64))


class _Light(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int32) for name in _NUMBERS),
        ("lengths", ctypes.c_void_p),
        ("index", ctypes.c_void_p),
        *((name, _Rows) for name in _ROWS),
    )


class Light(Sweeps):
    """The sweeps of one build, in float32; products with the words come before them and may be of another kind."""

    def __init__(self, library: Library, number: str) -> None:
        super().__init__(library, number)
        self._forward = library.functions.reread_light_forward
        self._backward = library.functions.reread_light_backward

    def forward(self, texts: Texts, units: range, **arrays: Array | None) -> None:
        """Read the texts; fills ``cells``, ``last`` and, where there is ``show``, ``outputs``, in these units.

        Args:
            texts: what is read; their order does not matter.
            units: the part of all units that this call computes.
            arrays: see source/light.c.
        """
        self._forward(ctypes.byref(_sweep(texts, units, arrays)))

    def backward(self, texts: Texts, units: range, **arrays: Array | None) -> None:
        """Take gradients back; adds to ``d_keep`` and its like, and leaves in ``d_cell`` those of the first cells."""
        self._backward(ctypes.byref(_sweep(texts, units, arrays)))


def _sweep(texts: Texts, units: range, arrays: dict[str, Array | None]) -> _Light:
    batch, time = texts.index.shape
    rows = {
        name: _Rows(array.ctypes.data, array.strides[-2] // array.itemsize)
        for name, array in arrays.items()
        if array is not None
    }
    return _Light(
        batch=batch, time=time, begin=units.start, end=units.stop, reverse=texts.reverse,
        lengths=texts.lengths.ctypes.data, index=texts.index.ctypes.data, **rows,
    )  # fmt: skip
