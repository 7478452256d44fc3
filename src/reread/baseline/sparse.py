"""Sparse rows: the few numbers of each row that are not 0, with their columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from reread.kernel import load
from reread.kernel.linear import sparse_product

PRODUCTS = 1 << 24  # numbers that a product without the kernel holds at once


@dataclass(frozen=True)
class SparseRows:
    """Rows of a sparse matrix.

    Attributes:
        starts: where each row begins in the other arrays, and the end of the last one, (rows + 1,).
        columns: of the numbers, (numbers,).
        values: the numbers, (numbers,).
        width: how many columns there are.
    """

    starts: NDArray[np.int64]
    columns: NDArray[np.int32]
    values: NDArray[np.float32]
    width: int

    @classmethod
    def counted(cls, rows: NDArray[np.int64], columns: NDArray[Any], shape: tuple[int, int], times: Any = None) -> Self:
        """How often each pair of row and column is there, or the sums of ``times`` of these pairs."""
        keys = rows * shape[1] + columns
        if times is None:
            keys, values = np.unique(keys, return_counts=True)
        else:
            keys, places = np.unique(keys, return_inverse=True)
            values = np.bincount(places, times, len(keys))
        owners, columns = np.divmod(keys, max(1, shape[1]))
        return cls(_starts(owners, shape[0]), columns.astype(np.int32), values.astype(np.float32), shape[1])

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Numbers of each row, (rows,)."""
        return np.diff(self.starts)

    @property
    def owners(self) -> NDArray[np.int64]:
        """The row of each number, (numbers,)."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def frequencies(self) -> NDArray[np.int64]:
        """In how many rows each column has a number, (width,)."""
        return np.bincount(self.columns, minlength=self.width)

    def take(self, rows: NDArray[np.int64]) -> SparseRows:
        """Some rows, in their order."""
        lengths = self.lengths[rows]
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        places = np.arange(starts[-1]) + np.repeat(self.starts[rows] - starts[:-1], lengths)
        return SparseRows(starts, self.columns[places], self.values[places], self.width)

    def keep(self, columns: NDArray[np.int64]) -> SparseRows:
        """The rows with these columns alone, (kept,), which are numbered anew."""
        numbers = np.full(self.width, -1, np.int32)
        numbers[columns] = np.arange(len(columns), dtype=np.int32)
        renamed = numbers[self.columns]
        kept = renamed >= 0
        return SparseRows(_starts(self.owners[kept], len(self)), renamed[kept], self.values[kept], len(columns))

    def scaled(self, scale: NDArray[np.float32]) -> SparseRows:
        """The rows with each column times its scale, (width,), and each row then of length 1, unless it is empty."""
        values = self.values * scale[self.columns]
        sizes = np.sqrt(np.bincount(self.owners, values.astype(np.float64) ** 2, len(self)))
        values /= np.repeat(np.where(sizes > 0, sizes, 1), self.lengths)
        return replace(self, values=values.astype(np.float32))

    def times(self, weights: NDArray[np.float32], *, compiled: bool = True) -> NDArray[np.float32]:
        """The product with weights (width, scores), (rows, scores); by the kernel, if there is one."""
        library = load() if compiled else None
        if library is not None:
            return sparse_product(library, self.starts, self.columns, self.values, weights)
        products = np.zeros((len(self), weights.shape[1]), np.float32)
        owners, step = self.owners, max(1, PRODUCTS // max(1, weights.shape[1]))
        for first in range(0, len(owners), step):
            some = slice(first, first + step)
            np.add.at(products, owners[some], self.values[some, None] * weights[self.columns[some]])
        return products


def side_by_side(parts: Sequence[SparseRows]) -> SparseRows:
    """The columns of several matrices with the same rows, one after another."""
    if len(parts) == 1:
        return parts[0]
    starts = np.sum([part.starts for part in parts], axis=0)
    columns, values = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.float32)
    before, width = starts[:-1].copy(), 0
    for part in parts:
        places = np.arange(part.starts[-1]) + np.repeat(before - part.starts[:-1], part.lengths)
        columns[places], values[places] = part.columns + width, part.values
        before += part.lengths
        width += part.width
    return SparseRows(starts, columns, values, width)


def stacked(parts: Iterable[SparseRows], width: int) -> SparseRows:
    """The rows of several matrices of the same width, one after another."""
    lengths, columns, values = [np.zeros(1, np.int64)], [np.zeros(0, np.int32)], [np.zeros(0, np.float32)]
    for part in parts:
        lengths.append(part.lengths)
        columns.append(part.columns)
        values.append(part.values)
    return SparseRows(np.cumsum(np.concatenate(lengths)), np.concatenate(columns), np.concatenate(values), width)


def _starts(owners: NDArray[np.int64], rows: int) -> NDArray[np.int64]:
    """Where the numbers of each row begin, of rows in order."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(owners, minlength=rows))])
