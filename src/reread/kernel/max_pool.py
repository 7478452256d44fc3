"""The largest value of each column over a text's rows, where it stands, and gradients for the rows that won alone."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from reread.kernel.library import Library
from reread.kernel.memory import Array, address, check_range, place, rows_address


def max_pool(
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
        raise ValueError(
            f"values are {values.dtype} with strides {values.strides}; the kernel takes whole rows of float32"
        )
    largest, argmax = np.empty((batch, width), np.float32), np.empty((batch, width), np.int32)
    library.functions.reread_max_pool(
        batch,
        width,
        ctypes.c_void_p(address("lengths", lengths, np.int32, (batch,))),
        ctypes.c_void_p(place(values)),
        ctypes.c_int64(between_texts // values.itemsize),
        ctypes.c_int64(between_rows // values.itemsize),
        ctypes.c_void_p(place(largest)),
        ctypes.c_void_p(place(argmax)),
    )
    return largest, argmax


def max_pool_backward(
    library: Library, gradients: NDArray[np.float32], argmax: NDArray[np.int64], values: Array, weights: Array
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where the largest values are factors' products with rows: the gradients of the rows, (n, width), and of the weights, (factors, width).

    Args:
        library: any build.
        gradients: of the largest products, (batch, factors).
        argmax: the rows of ``values`` that made them, int64 (batch, factors).
        values: float32 (n, width); like the weights, they may be columns of a wider array.
        weights: float32 (factors, width).

    Raises:
        ValueError: the arrays are others, or a row is not there.
    """
    (batch, factors), (rows, width) = gradients.shape, values.shape
    check_range("argmax", argmax, 0, rows - 1)
    d_values, d_weights = np.zeros((rows, width), np.float32), np.zeros((factors, width), np.float32)
    library.functions.reread_max_pool_backward(
        batch,
        factors,
        width,
        ctypes.c_void_p(address("gradients", gradients, np.float32, (batch, factors))),
        ctypes.c_void_p(address("argmax", argmax, np.int64, (batch, factors))),
        ctypes.c_void_p(rows_address("values", values, (rows, width))),
        ctypes.c_int64(values.strides[0] // values.itemsize),
        ctypes.c_void_p(rows_address("weights", weights, (factors, width))),
        ctypes.c_int64(weights.strides[0] // weights.itemsize),
        ctypes.c_void_p(place(d_values)),
        ctypes.c_void_p(place(d_weights)),
    )
    return d_values, d_weights
