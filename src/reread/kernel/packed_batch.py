"""What a call of the kernel reads: texts, the words of their rows, and what the words add. Checked once, when it is made."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from reread.kernel.memory import address
from reread.kernel.numbers import NUMBERS, Rows

MOST_WORDS = 1 << 31
KINDS = {name: kind for kind, name in enumerate(NUMBERS)}


class PackedBatch:
    """The texts of one call, and where their tokens stand.

    Args:
        lengths: tokens of each, longest first, int32 (texts,).
        starts: the row of each text's first token, int64 (texts,).

    Attributes:
        rows: how many rows there must be.
        fields: where C finds them.

    Raises:
        ValueError: they are not as said.
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
    """The rows of a table that the bias_row of each row is the sum of.

    Args:
        index: int32 (rows, features).

    Attributes:
        least: how many rows the table must have.
        fields: where C finds them.

    Raises:
        ValueError: they are not as said, a row has none, or one is below 0.
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
    """Where C finds a table."""

    _fields_ = (
        ("values", ctypes.c_void_p),
        ("scales", ctypes.c_void_p),
        ("kind", ctypes.c_int32),
        ("columns", ctypes.c_int32),
    )


class Table:
    """What each word adds, (words, columns).

    Args:
        rows: the numbers; of int8 with a scale for each word, (words,).

    Raises:
        ValueError: they are of no kind that a table may be of, or there is no row.
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
    """What is added to the sums at each row.

    Args:
        table: what each word adds.
        words: which words are there; None: the table's only row, everywhere.

    Raises:
        ValueError: the table lacks a word.
    """

    def __init__(self, table: Table, words: RowIndex | None = None) -> None:
        if words is not None and words.least > len(table):
            raise ValueError(f"words up to {words.least - 1} in a table of {len(table)}")
        self.table, self.words = table, words
        self.fields = {"table": table.fields, **({"features": 1} if words is None else words.fields)}

    def floats(self) -> NDArray[np.float32]:
        """What is added, (rows, columns); where words are not told apart one row."""
        rows = self.table.rows
        if self.words is None:
            return rows.floats()
        index = self.words.index
        looked_up = rows.of(
            index.reshape(-1)
        ).floats()  # of a large table only these: others may be filled by nobody yet
        added: NDArray[np.float32] = looked_up.reshape(*index.shape, -1).sum(axis=1)
        return added
