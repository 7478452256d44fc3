"""The largest value of each column over a text's rows, and where it stands."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from reread.kernel.library import Library
from reread.kernel.memory import Array, address, check_range, place


def largest(
    library: Library, values: Array, lengths: NDArray[np.int32]
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """The largest values and their positions, (batch, width) each; the first one of equal ones, NaN before all others.

    Args:
        library: any build, all find the same.
        values: float32 (batch, time, width), of any distance between texts and between rows.
        lengths: rows of each text that are looked at, (batch,); of none the largest is -infinity.

    Raises:
        ValueError: the arrays are others, or a length is beyond time.
    """
    batch, time, width = values.shape
    check_range("lengths", lengths, 0, time)
    between_texts, between_rows, within = values.strides
    if values.dtype != np.float32 or (width > 1 and within != values.itemsize) or not values.flags.aligned:
        raise ValueError(f"values are {values.dtype} with strides {values.strides}; the kernel takes whole rows of float32")
    found, winners = np.empty((batch, width), np.float32), np.empty((batch, width), np.int32)
    library.functions.reread_largest(
        batch, width, ctypes.c_void_p(address("lengths", lengths, np.int32, (batch,))), ctypes.c_void_p(place(values)),
        ctypes.c_int64(between_texts // values.itemsize), ctypes.c_int64(between_rows // values.itemsize),
        ctypes.c_void_p(place(found)), ctypes.c_void_p(place(winners)),
    )  # fmt: skip
    return found, winners
