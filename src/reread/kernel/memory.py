"""What must hold of an array before C gets its address, so that nothing beyond its end is read or written."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[Any]


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
    return array.ctypes.data


def rows_address(name: str, array: Array, shape: tuple[int, int], *, written: bool = False) -> int:
    """Where the float32 rows of an array stand; they may be columns of a wider one.

    Raises:
        ValueError: it has another kind of numbers or another shape, the numbers of a row do not follow one another, or it is written and may not be.
    """
    if array.dtype != np.float32 or array.shape != shape:
        raise ValueError(f"{name} is {array.dtype} {array.shape}; the kernel takes float32 {shape}")
    between, within = array.strides
    if array.size and (within != array.itemsize or between < 0 or not array.flags.aligned):  # of nothing NumPy's are 0
        raise ValueError(f"{name} has strides {array.strides}; the kernel takes whole rows")
    if written and not (array.flags.writeable and (not array.size or between >= within * shape[1])):
        raise ValueError(f"{name} is read-only, or its rows overlap; the kernel writes it")
    return array.ctypes.data


def check_range(name: str, array: Array, first: int, last: int) -> None:
    """Refuse whole numbers outside a range.

    Raises:
        ValueError: a number is below ``first`` or above ``last``.
    """
    if array.size and not (first <= array.min() and array.max() <= last):
        raise ValueError(
            f"{name} holds numbers from {array.min()} to {array.max()}; here they are from {first} to {last}"
        )
