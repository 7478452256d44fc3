"""Max pooling over a text's rows, with argmax, and gradients only for the argmax rows."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from reread.kernel.library import Library
from reread.kernel.memory import Array, address, check_range, place, rows_address


def max_pool(
    library: Library, values: Array, lengths: NDArray[np.int32]
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """The largest values and their positions, (batch, width) each; the first of equal ones, NaN above all others.

    Args:
        library: any build, with the same result.
        values: float32 (batch, time, width), with any strides between texts and rows.
        lengths: rows of each text to read, (batch,); the largest of none is -infinity.

    Raises:
        ValueError: an array has the wrong shape, dtype or layout, or a length is above time.
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
    """The gradients of rows (n, width) and weights (factors, width), if the largest values are their products.

    Args:
        library: any build.
        gradients: of the largest products, (batch, factors).
        argmax: the rows of ``values`` that made them, int64 (batch, factors).
        values: float32 (n, width); like the weights, they may be columns of a wider array.
        weights: float32 (factors, width).

    Raises:
        ValueError: an array has the wrong shape, dtype or layout, or a row does not exist.
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
