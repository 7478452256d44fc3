"""Rows for growth.py: as many, as long, of as many classes and words as asked for, made of the words of real texts."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

BLOCK = 1_000_000  # words made at a time
LETTERS = re.compile(r"[a-z]+")
COLUMNS = ("text", "label")


@dataclass(frozen=True)
class Shape:
    """What rows to make.

    Attributes:
        rows: how many.
        length: words of a text in the mean; each has half as many to one and a half times as many.
        classes: labels, which rows have in turn.
        vocabulary: different words, each of which stands in some text; 0: those of the real texts, in their order.
    """

    rows: int
    length: int = 10
    classes: int = 2
    vocabulary: int = 0


class Words(Protocol):
    """Gives words."""

    def draw(self, lengths: NDArray[np.int64], random: np.random.Generator) -> Iterator[Sequence[str]]:
        """The words of one text for each length."""


class RunningText:
    """Runs of neighbouring words from the texts: their own frequencies, and their own sentences."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.words = " ".join(texts).split()

    def draw(self, lengths: NDArray[np.int64], random: np.random.Generator) -> Iterator[Sequence[str]]:
        """The words of one text for each length."""
        longest = int(lengths.max())
        self.words *= -(-2 * longest // len(self.words))  # few texts are read round and round
        starts = random.integers(len(self.words) - longest, size=len(lengths))
        return (self.words[start : start + length] for start, length in zip(starts, lengths, strict=True))


class RankedWords:
    """Words drawn by Zipf's law: the real ones in the order of their frequency, then the same with numbers.

    Of ``total`` words that are drawn, every word is one at least, at even distances.
    """

    def __init__(self, texts: Sequence[str], size: int, total: int) -> None:
        counts = Counter(LETTERS.findall(" ".join(texts).lower()))
        real = [word for word, _ in counts.most_common(size)]
        self.names = np.array([f"{real[k % len(real)]}{k // len(real) or ''}" for k in range(size)], dtype=object)
        self.edges = np.cumsum(1 / np.arange(1, size + 1))
        self.size, self.total, self.drawn = size, total, 0

    def draw(self, lengths: NDArray[np.int64], random: np.random.Generator) -> Iterator[Sequence[str]]:
        """The words of one text for each length."""
        count = int(lengths.sum())
        ranks = np.searchsorted(self.edges, random.random(count) * self.edges[-1])
        due = (self.drawn + np.arange(count + 1)) * self.size // self.total
        self.drawn += count
        turn = np.diff(due) > 0
        ranks[turn] = due[1:][turn] - 1
        return (part.tolist() for part in np.split(self.names[ranks], np.cumsum(lengths)[:-1]))


def write_rows(file: Path, shape: Shape, texts: Sequence[str]) -> int:
    """Write the rows to a CSV or Parquet file, never all of them in memory; how many words they have. Drawn with seed 0."""
    random = np.random.default_rng(0)
    lengths = random.integers(max(1, shape.length // 2), shape.length + (shape.length + 1) // 2 + 1, size=shape.rows)
    total = int(lengths.sum())
    words: Words = RankedWords(texts, shape.vocabulary, total) if shape.vocabulary else RunningText(texts)
    step = max(1, BLOCK // shape.length)
    with (_parquet if file.suffix == ".parquet" else _csv)(file) as write:
        for start in range(0, shape.rows, step):
            drawn = [" ".join(each) for each in words.draw(lengths[start : start + step], random)]
            write(drawn, [f"class {row % shape.classes}" for row in range(start, start + len(drawn))])
    return total


@contextmanager
def _csv(file: Path) -> Iterator[Any]:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        yield lambda *columns: writer.writerows(zip(*columns, strict=True))


@contextmanager
def _parquet(file: Path) -> Iterator[Any]:
    import pyarrow as pa  # noqa: PLC0415  # CSV needs none
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = pa.schema(dict.fromkeys(COLUMNS, pa.string()))
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        yield lambda *columns: writer.write_table(pa.table(list(columns), schema=schema))
