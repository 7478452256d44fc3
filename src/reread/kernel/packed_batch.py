"""The inputs of a kernel call: texts, the words of their rows, and what the words add; checked on creation."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from reread.kernel.memory import address
from reread.kernel.numbers import NUMBERS, Rows

MOST_WORDS = 1 << 31
KINDS = {name: kind for kind, name in enumerate(NUMBERS)}


class PackedBatch:
    """The texts of one call, and the rows of their tokens.

    Args:
        lengths: tokens of each, longest first, int32 (texts,).
        starts: the row of each text's first token, int64 (texts,).

    Attributes:
        rows: the number of rows needed.
        fields: their addresses for C.

    Raises:
        ValueError: an array has the wrong shape or dtype, a number is negative, or the longest text is not first.
    """

    def __init__(self, lengths: NDArray[np.int32], starts: NDArray[np.int64]) -> None:
        batch = len(lengths)
        addresses = {
            "lengths": address("lengths", lengths, np.int32, (batch,)),
            "starts": address("starts", starts, np.int64, (batch,)),
        }
        if batch and (lengths[-1] < 0 or starts.min() < 0 or (lengths[1:] > lengths[:-1]).any()):
            raise ValueError(
                f"lengths are {lengths}, starts {starts}; none is below 0, and the longest text comes first"
            )
        lengths.flags.writeable = starts.flags.writeable = False
        self.lengths, self.starts = lengths, starts
        self.rows = int((starts + lengths).max()) if batch else 0
        self.fields = {"batch": batch, **addresses}


class RowIndex:
    """For each row, the rows of a table whose sum is its bias row.

    Args:
        index: int32 (rows, features).

    Attributes:
        least: the number of rows that the table must have.
        fields: their addresses for C.

    Raises:
        ValueError: the array has the wrong shape or dtype, there are no features, or an index is negative.
    """

    def __init__(self, index: NDArray[np.int32]) -> None:
        if index.ndim != 2 or not index.shape[1]:
            raise ValueError(f"words are {index.shape}; the kernel takes (rows, features), at least one feature")
        self.fields = {"features": index.shape[1], "words": address("words", index, np.int32, index.shape)}
        self.least = int(index.view(np.uint32).max()) + 1 if index.size else 0  # below 0 is beyond every table
        if self.least > MOST_WORDS:
            raise ValueError(f"words are from {index.min()} on; rows of a table are from 0 on")
        index.flags.writeable = False
        self.index = index

    @classmethod
    def in_order(cls, rows: int) -> RowIndex:
        """Every row of a table once."""
        return cls(np.arange(rows, dtype=np.int32)[:, None])


class TableFields(ctypes.Structure):
    """The addresses of a table for C."""

    _fields_ = (
        ("values", ctypes.c_void_p),
        ("scales", ctypes.c_void_p),
        ("kind", ctypes.c_int32),
        ("columns", ctypes.c_int32),
    )


class Table:
    """What each word adds, (words, columns).

    Args:
        rows: the numbers; for int8 with a scale for each word, (words,).

    Raises:
        ValueError: the dtype cannot be in a table, or there is no row.
    """

    def __init__(self, rows: Rows) -> None:
        values, scales = rows.values, rows.scales
        kind = next((name for name, dtype in NUMBERS.items() if values.dtype == dtype), None)
        if kind is None or not len(values):
            raise ValueError(
                f"the table is {values.dtype} {values.shape}; the kernel takes rows of {', '.join(NUMBERS)}"
            )
        if (kind == "int8") != (scales is not None):
            raise ValueError("a table of int8 has scales, another has none")
        self.rows, self.columns = rows, values.shape[1]
        self.fields = TableFields(
            values=address("the table", values, NUMBERS[kind], values.shape),
            kind=KINDS[kind],
            columns=self.columns,
            scales=None if scales is None else address("scales", scales, np.float32, (len(values),)),
        )

    def __len__(self) -> int:
        return len(self.rows.values)


class BiasRows:
    """The bias rows, added to the sums at each row.

    Args:
        table: what each word adds.
        words: the words of each row; None: the table's only row, everywhere.

    Raises:
        ValueError: the table lacks a word.
    """

    def __init__(self, table: Table, words: RowIndex | None = None) -> None:
        if words is not None and words.least > len(table):
            raise ValueError(f"words up to {words.least - 1} in a table of {len(table)}")
        self.table, self.words = table, words
        self.fields = {"table": table.fields, **({"features": 1} if words is None else words.fields)}

    def floats(self) -> NDArray[np.float32]:
        """The bias rows, (rows, columns); one row if words are not given."""
        rows = self.table.rows
        if self.words is None:
            return rows.floats()
        index = self.words.index
        looked_up = rows.of(index.reshape(-1)).floats()  # only these rows: others may not be filled yet
        added: NDArray[np.float32] = looked_up.reshape(*index.shape, -1).sum(axis=1)
        return added
