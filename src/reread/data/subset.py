"""Some of the rows that were read, without copying them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from reread.data.examples import Examples
from reread.typing import override

T = TypeVar("T")


class Subset(Sequence[T], Generic[T]):
    """Some rows of a sequence, without copying it."""

    def __init__(self, items: Sequence[T], rows: NDArray[np.int64]) -> None:
        self.items, self.rows = items, rows

    @override
    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    @override
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            return Subset(self.items, self.rows[index])
        return self.items[int(self.rows[index])]

    @override
    def __iter__(self) -> Iterator[T]:
        return (self.items[int(row)] for row in self.rows)


def take(targets: Any, rows: NDArray[np.int64]) -> Any:
    """The targets of some rows: one list, or several by name."""
    if isinstance(targets, Mapping):
        return {name: take(column, rows) for name, column in targets.items()}
    return [targets[row] for row in rows]


def some_of(examples: Examples, rows: NDArray[np.int64]) -> Examples:
    """Some of the rows that were read, in their order; each keeps its place in its file."""

    def column(values: Sequence[Any] | None) -> Any:
        return None if values is None else [values[row] for row in rows]

    return replace(
        examples,
        texts=Subset(examples.texts, rows),
        targets=take(examples.targets, rows),
        shares=column(examples.shares),
        groups=column(examples.groups),
        times=column(examples.times),
        weights=column(examples.weights),
        lines=column(examples.lines),
        slices=take(examples.slices, rows),
        file_starts=np.searchsorted(rows, examples.file_starts).tolist(),
    )
