"""One direction of a light recurrence over a batch of texts, on NumPy arrays: the time loop in C, forward and backward.

See source/light.c. Arrays may be columns of a larger one: only units must be contiguous.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping

import numpy as np

from reread.kernel.library import Library
from reread.kernel.memory import Array, address, check_range, rows_address
from reread.kernel.sweeps import Sweeps, Texts

_NUMBERS = ("batch", "time", "begin", "end", "reverse")
_ROWS = (
    "keep",
    "candidate",
    "show",
    "beside",
    "d_keep",
    "d_candidate",
    "d_show",
    "d_beside",
    "first",
    "last",
    "d_cell",
    "cells",
    "outputs",
    "d_outputs",
)
FORWARD = ("keep", "candidate", "first", "last", "cells")
BACKWARD = ("keep", "candidate", "first", "cells", "d_keep", "d_candidate", "d_cell", "d_outputs")
SHOWN = {FORWARD: ("beside", "outputs"), BACKWARD: ("beside", "d_show", "d_beside")}  # what else ``show`` needs
BY_TEXT = ("first", "last", "d_cell")
BY_POSITION = ("cells", "outputs", "d_outputs")
WRITTEN = ("last", "cells", "outputs", "d_cell", "d_keep", "d_candidate", "d_show", "d_beside")


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
    """The sweeps of one build, in float32; products with the words come before them and may have another dtype.

    Raises (both sweeps):
        TypeError: an array is missing.
        ValueError: an array has the wrong shape, dtype or layout.
    """

    def __init__(self, library: Library, precision: str) -> None:
        super().__init__(library, precision)
        self._forward = library.functions.reread_light_forward
        self._backward = library.functions.reread_light_backward

    def forward(self, texts: Texts, units: range, **arrays: Array | None) -> None:
        """Read the texts; fills ``cells``, ``last`` and, with ``show``, ``outputs``, in these units.

        Args:
            texts: read one after the other, each completely, so ``order`` does not matter and is ignored.
            units: the part of all units that this call computes.
            arrays: see source/light.c.
        """
        self._forward(ctypes.byref(_sweep(texts, units, arrays, FORWARD)))

    def backward(self, texts: Texts, units: range, **arrays: Array | None) -> None:
        """Backward pass; adds to ``d_keep`` and the like, and leaves the first cells' gradients in ``d_cell``."""
        self._backward(ctypes.byref(_sweep(texts, units, arrays, BACKWARD)))


def _sweep(texts: Texts, units: range, arrays: Mapping[str, Array | None], needed: tuple[str, ...]) -> _Light:
    given = {name: array for name, array in arrays.items() if array is not None}
    needed = (*needed, *SHOWN[needed] * ("show" in given))
    if missing := [name for name in needed if name not in given]:
        raise TypeError(f"a sweep needs {', '.join(missing)}")
    batch, time = texts.index.shape
    words, hidden = given["keep"].shape
    check_range("index", texts.index, 0, words - 1)
    check_range("lengths", texts.lengths, 0, time)
    if not 0 <= units.start <= units.stop <= hidden:
        raise ValueError(f"{units} of {hidden} units")
    row_arrays = {}
    for name, array in given.items():
        rows = batch if name in BY_TEXT else batch * time if name in BY_POSITION else words
        start = rows_address(name, array, (rows, hidden), written=name in WRITTEN)
        row_arrays[name] = _Rows(start, array.strides[0] // array.itemsize)
    return _Light(
        batch=batch,
        time=time,
        begin=units.start,
        end=units.stop,
        reverse=texts.reverse,
        lengths=address("lengths", texts.lengths, np.int32, (batch,)),
        index=address("index", texts.index, np.int32, (batch, time)),
        **row_arrays,
    )
