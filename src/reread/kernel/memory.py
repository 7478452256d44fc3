"""Checks of arrays before C gets their address, so that nothing outside them is read or written."""

from __future__ import annotations

import ctypes
import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[Any]


LINE = 64  # bytes of a cache line


def aligned(shape: tuple[int, ...], dtype: DTypeLike) -> Array:
    """An uninitialised array aligned to a cache line: a vector across two is read twice."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    whole = np.empty(size + LINE, np.uint8)
    start = -place(whole) % LINE
    return whole[start : start + size].view(dtype).reshape(shape)


def place(array: Array) -> int:
    """The address of an array's first number: as `array.ctypes.data`, but faster if possible."""
    if array.flags.writeable and array.flags.c_contiguous and array.size:
        return ctypes.addressof(ctypes.c_char.from_buffer(array))  # type: ignore[arg-type]  # before Python 3.12
    return int(array.ctypes.data)


def address(name: str, array: Array, dtype: DTypeLike, shape: tuple[int, ...], *, written: bool = False) -> int:
    """The address of a contiguous array.

    Raises:
        ValueError: the dtype or shape is wrong, the array is not contiguous, or it is written but read-only.
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
    """The address of an array's rows, which may be columns of a wider array.

    Raises:
        ValueError: the dtype or shape is wrong, the rows are not contiguous, or it is written but read-only.
    """
    if array.dtype != dtype or array.shape != shape:
        raise ValueError(f"{name} is {array.dtype} {array.shape}; the kernel takes {np.dtype(dtype)} {shape}")
    between, within = array.strides
    if array.size and (
        within != array.itemsize or between < 0 or not array.flags.aligned
    ):  # NumPy's strides of an empty array are 0
        raise ValueError(f"{name} has strides {array.strides}; the kernel takes whole rows")
    if written and not (array.flags.writeable and (not array.size or between >= within * shape[1])):
        raise ValueError(f"{name} is read-only, or its rows overlap; the kernel writes it")
    return place(array)


def check_range(name: str, array: Array, first: int, last: int) -> None:
    """Refuse integers outside a range.

    Raises:
        ValueError: a number is below ``first`` or above ``last``.
    """
    if array.size and not (first <= array.min() and array.max() <= last):
        raise ValueError(
            f"{name} holds numbers from {array.min()} to {array.max()}; here they are from {first} to {last}"
        )
