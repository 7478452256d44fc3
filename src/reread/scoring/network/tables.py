"""What every word adds to the network's sums, computed once per word: embeddings times the first layer's weights."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reread.kernel.memory import aligned
from reread.kernel.numbers import NUMBERS, Packed, Rows, table_rows
from reread.kernel.packed_batch import BiasRows, RowIndex, Table
from reread.kernel.reading import Reader
from reread.scoring.network.dense import fill, one_text, only_row

Floats = NDArray[np.float32]
BLOCK = 4096  # words computed together
MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Part:
    """A linear function of a word's vector, and an optional function of its result.

    Attributes:
        weight: (columns, dim of the vector).
        bias: (columns,).
        finish: the function applied to the sums (rows, columns), if any.
        finished: columns of its result.
    """

    weight: Floats
    bias: Floats
    finish: Callable[[Floats], Floats] | None = None
    finished: int | None = None

    @property
    def columns(self) -> int:
        """Columns of the result."""
        return self.finished or len(self.bias)


class WordTables:
    """A table for each part: a row for each word of all features, computed when the word first occurs.

    If the whole tables would need more than ``memory``, each call computes its distinct words instead.

    Args:
        reader: multiplies in float32.
        embeddings: each feature's vectors, (words, dim).
        parts: what the tables hold; columns are whole vectors.
        numbers: possible dtypes of the tables; the first that fits is used.
        memory: MiB that the tables may take.

    Attributes:
        precision: the dtype used.
        whole: whether there is room for every word.
    """

    def __init__(
        self, reader: Reader, embeddings: Sequence[Floats], parts: Sequence[Part], numbers: Sequence[str], memory: float
    ) -> None:
        self._reader, self._parts = reader, parts
        sizes = [len(vectors) for vectors in embeddings]
        self._first = np.cumsum([0, *sizes])  # of each feature's words
        self._vectors = embeddings
        self._weights = [_by_feature(reader, part.weight, embeddings) for part in parts]
        # If a token is the sum of several words, only the whole sum can be finished.
        self._late = [part.finish is not None and len(embeddings) > 1 for part in parts]
        columns = [len(part.bias) if late else part.columns for part, late in zip(parts, self._late, strict=True)]
        fitting = [each for each in numbers if mebibytes(sum(sizes), sum(columns), each) <= memory]
        self.precision, self.whole = (fitting or numbers)[0], bool(fitting)
        self._lock = threading.Lock()
        if self.whole:  # untouched memory takes no space yet
            self._known = np.zeros(sum(sizes), bool)
            self._tables = [self._room(sum(sizes), width) for width in columns]

    def look_up(self, ids: NDArray[np.integer]) -> list[BiasRows]:
        """What each part adds at rows of ids (rows, features)."""
        words = (ids + self._first[:-1]).astype(np.int32)
        if self.whole:
            if not self._known[words].all():
                self._learn(words)
            tables = self._tables
        else:
            distinct, places = np.unique(words, return_inverse=True)
            words = places.reshape(words.shape).astype(np.int32)
            tables = [Table(rows) for rows in self._work_out(distinct)]
        index = RowIndex(words)
        bias_rows = [BiasRows(table, index) for table in tables]
        return [
            by_row(part.finish(each.floats())) if late and part.finish else each
            for part, late, each in zip(self._parts, self._late, bias_rows, strict=True)
        ]

    def fill(self) -> None:
        """Compute every word now, if there is room."""
        if self.whole:
            self._learn(np.arange(self._first[-1]))

    def _room(self, words: int, columns: int) -> Table:
        scales = np.empty(words, np.float32) if self.precision == "int8" else None
        return Table(Rows(aligned((words, columns), NUMBERS[self.precision]), scales))

    def _learn(self, words: NDArray[np.integer]) -> None:
        with self._lock:
            missing = np.unique(words[~self._known[words]])
            for start in range(0, len(missing), BLOCK):
                block = missing[start : start + BLOCK]
                for table, rows in zip(self._tables, self._work_out(block), strict=True):
                    table.rows.values[block] = rows.values
                    if table.rows.scales is not None and rows.scales is not None:
                        table.rows.scales[block] = rows.scales
                self._known[block] = True  # last: other threads read a row once it is known

    def _work_out(self, words: NDArray[np.integer]) -> list[Rows]:
        """The rows of distinct words in ascending order, a table for each part."""
        bounds, tables = np.searchsorted(words, self._first), []
        for part, late, weights in zip(self._parts, self._late, self._weights, strict=True):
            sums = np.empty((len(words), len(part.bias)), np.float32)
            for feature, packed in enumerate(weights):
                of_feature = slice(bounds[feature], bounds[feature + 1])
                bias = part.bias if feature == 0 else np.zeros_like(part.bias)
                self._project(words[of_feature] - self._first[feature], feature, packed, bias, sums[of_feature])
            tables.append(table_rows(sums if part.finish is None or late else part.finish(sums), self.precision))
        return tables

    def _project(self, ids: NDArray[np.integer], feature: int, packed: Packed, bias: Floats, sums: Floats) -> None:
        vectors = self._vectors[feature]
        rows = Rows(fill(vectors[ids], len(ids), self._reader.filled(vectors.shape[1])))
        self._reader.project(one_text(len(ids)), rows, packed, only_row(bias[None]), products=sums)


def by_row(values: Floats) -> BiasRows:
    """What is added at each row, (rows, columns)."""
    return BiasRows(Table(Rows(values)), RowIndex.in_order(len(values)))


def mebibytes(words: int, columns: int, precision: str) -> float:
    """The memory of a table."""
    return words * (columns * np.dtype(NUMBERS[precision]).itemsize + 4 * (precision == "int8")) / MEBIBYTE


def _by_feature(reader: Reader, weight: Floats, embeddings: Sequence[Floats]) -> list[Packed]:
    """The packed weights of each feature's share of a vector."""
    dims = np.cumsum([0, *(vectors.shape[1] for vectors in embeddings)])
    shares = [weight[:, begin:end] for begin, end in itertools.pairwise(dims)]
    return [reader.pack(fill(share, len(share), reader.filled(share.shape[1]))) for share in shares]
