"""What must hold of an array before C gets its address, so that nothing beyond its end is read or written."""

from __future__ import annotations

import ctypes
import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[Any]


LINE = 64  # bytes of a cache line


def aligned(shape: tuple[int, ...], dtype: DTypeLike) -> Array:
    """An array, not yet filled, that starts with a cache line: a vector that lies across two is read twice."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    whole = np.empty(size + LINE, np.uint8)
    start = -place(whole) % LINE
    return whole[start : start + size].view(dtype).reshape(shape)


def place(array: Array) -> int:
    """Where an array's first number stands: `array.ctypes.data`, in a third of its time where that is allowed."""
    if array.flags.writeable and array.flags.c_contiguous and array.size:
        return ctypes.addressof(ctypes.c_char.from_buffer(array))  # type: ignore[arg-type]  # NumPy's types say so from Python 3.12 on
    return int(array.ctypes.data)


def address(name: str, array: Array, dtype: DTypeLike, shape: tuple[int, ...], *, written: bool = False) -> int:
    """Where an array's numbers stand, row after row.

    Raises:
        ValueError: it has another kind of numbers or another shape, its rows do not follow one another, or it is written and may not be.
    """
    if array.dtype != dtype or array.shape != shape:
        raise ValueError(f"{name} is {array.dtype} {array.shape}; the kernel takes {np.dtype(dtype)} {shape}")
    if not (array.flags.c_contiguous and array.flags.aligned):
        raise ValueError(f"{name} has strides {array.strides}; the kernel takes whole rows, one after another")
    if written and not array.flags.writeable:
        raise ValueError(f"{name} is read-only; the kernel writes it")
    return place(array)


def rows_address(
    name: str, array: Array, shape: tuple[int, int], dtype: DTypeLike = np.float32, *, written: bool = False
) -> int:
    """Where the rows of an array stand; they may be columns of a wider one.

    Raises:
        ValueError: it has another kind of numbers or another shape, the numbers of a row do not follow one another, or it is written and may not be.
    """
    if array.dtype != dtype or array.shape != shape:
        raise ValueError(f"{name} is {array.dtype} {array.shape}; the kernel takes {np.dtype(dtype)} {shape}")
    between, within = array.strides
    if array.size and (within != array.itemsize or between < 0 or not array.flags.aligned):  # of nothing NumPy's are 0
        raise ValueError(f"{name} has strides {array.strides}; the kernel takes whole rows")
    if written and not (array.flags.writeable and (not array.size or between >= within * shape[1])):
        raise ValueError(f"{name} is read-only, or its rows overlap; the kernel writes it")
    return place(array)


def check_range(name: str, array: Array, first: int, last: int) -> None:
    """Refuse whole numbers outside a range.

    Raises:
        ValueError: a number is below ``first`` or above ``last``.
    """
    if array.size and not (first <= array.min() and array.max() <= last):
        raise ValueError(
            f"{name} holds numbers from {array.min()} to {array.max()}; here they are from {first} to {last}"
        )
