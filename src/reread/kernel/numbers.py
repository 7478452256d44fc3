"""Number formats of products and tables, in NumPy and as the products read them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reread.kernel.memory import Array, aligned

NUMBERS = {"float32": np.float32, "bfloat16": np.uint16, "int8": np.int8}
"""Number formats, and their NumPy dtypes."""


@dataclass(frozen=True)
class Rows:
    """Rows of numbers: values of any format, for int8 with the scale of each row or each part of it.

    Attributes:
        values: (rows, width).
        scales: (rows, parts) or (rows,), of int8.
    """

    values: Array
    scales: NDArray[np.float32] | None = None

    def of(self, places: NDArray[np.integer]) -> Rows:
        """Some of the rows, (places,)."""
        return Rows(self.values[places], None if self.scales is None else self.scales[places])

    def floats(self) -> NDArray[np.float32]:
        """The values as floats, (rows, width)."""
        if self.values.dtype == np.uint16:
            return (self.values.astype(np.uint32) << 16).view(np.float32)
        if self.scales is None:
            return self.values
        whole = self.values.astype(np.float32) - (128 if self.values.dtype == np.uint8 else 0)
        scales = self.scales.reshape(len(whole), -1, 1)
        return (whole.reshape(len(whole), scales.shape[1], -1) * scales).reshape(whole.shape)


@dataclass(frozen=True, kw_only=True)
class Packed:
    """Weights as the products read them.

    Attributes:
        values: panels of 4 vectors of columns; the last one is padded with zeros.
        columns: of the weights.
        depth: rows of each part.
        parts: parts of a row with separate scales.
        precision: float32, bfloat16 or int8.
        width: floats of a vector of the build that reads them.
    """

    values: NDArray[np.uint8]
    columns: int
    depth: int
    parts: int
    precision: str
    width: int


def pack(weights: NDArray[np.float32], precision: str, width: int, parts: int = 1) -> Packed:
    """Weights (columns, parts x depth), which multiply rows; depth is a multiple of ``width``."""
    columns, depth, panel = len(weights), weights.shape[1] // parts, 4 * width
    panels = -(-columns // panel)
    whole = np.zeros((panels * panel, parts * depth), np.float32)
    whole[:columns] = weights
    pieces = whole.reshape(panels, panel, parts, depth).swapaxes(1, 2).reshape(-1, panel, depth)
    packed = [_PACK[precision](piece) for piece in pieces]
    values = aligned((sum(map(len, packed)),), np.uint8)
    return Packed(
        values=np.concatenate(packed, out=values),
        columns=columns,
        depth=depth,
        parts=parts,
        precision=precision,
        width=width,
    )


def bfloat16(values: NDArray[np.float32]) -> NDArray[np.uint16]:
    """The upper halves of floats, rounded to nearest, ties to even."""
    bits = np.ascontiguousarray(values).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def table_rows(values: NDArray[np.float32], precision: str) -> Rows:
    """Floats (words, columns) as rows of a table of one format."""
    if precision == "float32":
        return Rows(values)
    if precision == "bfloat16":
        return Rows(bfloat16(values))
    return Rows(*int8(values))


def int8(values: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Floats as integers from -127 to 127, and the scales of the last axis."""
    scales = np.abs(values).max(axis=-1) / np.float32(127)
    divisors = np.where(scales > 0, scales, 1)[..., None]
    return np.rint(values / divisors).astype(np.int8), scales.astype(np.float32)


def _pack_float32(panel: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(panel.T).reshape(-1).view(np.uint8)


def _pack_bfloat16(panel: NDArray[np.float32]) -> NDArray[np.uint8]:
    columns, depth = panel.shape
    return (
        np.ascontiguousarray(bfloat16(panel).reshape(columns, depth // 2, 2).swapaxes(0, 1)).reshape(-1).view(np.uint8)
    )


def _pack_int8(panel: NDArray[np.float32]) -> NDArray[np.uint8]:
    (columns, depth), (whole, scales) = panel.shape, int8(panel)
    surplus = -128 * whole.astype(np.int32).sum(axis=1, dtype=np.int32)
    values = np.ascontiguousarray(whole.reshape(columns, depth // 4, 4).swapaxes(0, 1))
    return np.concatenate([part.reshape(-1).view(np.uint8) for part in (values, scales, surplus)])


_PACK = {"float32": _pack_float32, "bfloat16": _pack_bfloat16, "int8": _pack_int8}
