"""The rows that are audited: those of one or several files, each with its place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from reread.data.blocks import numbered
from reread.data.examples import Examples
from reread.errors import DataError
from reread.tasks.labels import KINDS
from reread.typing import override

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Unusable:
    """A row that cannot be read, or that lacks its text or its label."""

    file: str
    line: int
    problem: str


class Joined(Sequence[str]):
    """The texts of several sequences, one after the other, without copying them."""

    def __init__(self, parts: Sequence[Sequence[str]]) -> None:
        self._parts = parts
        self._ends = np.cumsum([len(part) for part in parts])

    @override
    def __len__(self) -> int:
        return int(self._ends[-1])

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    @override
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self[row] for row in range(*index.indices(len(self)))]
        row = range(len(self))[index]
        number = int(np.searchsorted(self._ends, row, side="right"))
        return self._parts[number][row - int(self._ends[number])]  # from the end: the part's own start is not needed

    @override
    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._parts)


class AuditData:
    """The rows of one or several files, numbered through.

    Texts are in bounded memory, as `read_examples` keeps them; beside them a row costs its labels and a few numbers.

    Args:
        parts: the rows, one file after the other; files may lack targets that others have, and may have no row.
        unusable: rows that are not among them; they are numbered after them.
        numbers: the names of the targets that are numbers, not labels.

    Attributes:
        texts: of all rows.
        files: the files' names.
        starts: the number of each file's first row, (files,).
        mixed: the targets whose labels have several types, such as text in CSV and numbers in JSON Lines; here all
            are text.
    """

    def __init__(
        self, parts: Sequence[Examples], unusable: Sequence[Unusable] = (), numbers: Collection[str] = ()
    ) -> None:
        names = dict.fromkeys(name for part in parts for name in part.targets if name not in numbers)
        self.mixed = [name for name in names if len(_kinds(part.targets.get(name, ()) for part in parts)) > 1]
        self.parts = [_with_text(part, self.mixed) for part in parts] if self.mixed else parts
        self.unusable, self.numbers = unusable, numbers
        self.texts: Sequence[str] = Joined([part.texts for part in parts])
        self._ends = np.cumsum([len(part) for part in parts])
        self.files, starts = [], []
        for part, end in zip(parts, self._ends.tolist(), strict=True):
            self.files += [rows.name for rows in part.files] or ["rows"]
            starts += [end - len(part) + start for start in part.file_starts or [0]]
        self.starts: Ints = np.array(starts)

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def keys(self) -> NDArray[np.uint64]:
        """`text_keys` of all rows: equal for texts that are the same but for case and spacing."""
        return np.concatenate([part.keys for part in self.parts])

    @cached_property
    def text_numbers(self) -> Ints:
        """A number from 0 for every different text, (rows,); texts that differ in case and spacing only share it."""
        return numbered(self.keys)

    @cached_property
    def file_numbers(self) -> Ints:
        """The number of the file that each row is from, (rows,)."""
        return np.searchsorted(self.starts, np.arange(len(self)), side="right") - 1

    @property
    def targets(self) -> list[str]:
        """The names of the targets that at least one row has."""
        return list(dict.fromkeys(name for part in self.parts if len(part) for name in part.targets))

    def target(self, name: str) -> tuple[Ints, list[Any]]:
        """The rows that have a target, (rows,), and their values."""
        rows, values = [], list[Any]()
        for part, end in zip(self.parts, self._ends.tolist(), strict=True):
            if name in part.targets:
                rows.append(np.arange(end - len(part), end))
                values += part.targets[name]
        return np.concatenate(rows), values

    def groups(self, target: str) -> list[Any] | None:
        """The groups of the rows that have a target, where they have groups."""
        groups = [part.groups for part in self.parts if target in part.targets]
        return None if None in groups else [group for of_part in groups for group in of_part or ()]

    def place(self, row: int) -> tuple[str, int]:
        """The file and the line (in Parquet and Arrow the row) that a row is from."""
        if row >= len(self):
            missing = self.unusable[row - len(self)]
            return missing.file, missing.line
        part, place = self._part(row)
        return self.files[int(self.file_numbers[row])], int(part.lines[place])

    def text(self, row: int) -> str:
        """A row's text; empty for an unusable row."""
        return "" if row >= len(self) else self.texts[row]

    def label(self, row: int, target: str = "") -> Any:
        """A row's target, or all of several by name; None if it has none."""
        if row >= len(self):
            return None
        part, place = self._part(row)
        labels = {name: values[place] for name, values in part.targets.items() if target in {"", name}}
        return labels if len(labels) > 1 else next(iter(labels.values()), None)

    def _part(self, row: int) -> tuple[Examples, int]:
        if not 0 <= row < len(self):
            raise DataError(f"there is no row {row}; there are {len(self)}")
        number = int(np.searchsorted(self._ends, row, side="right"))
        part = self.parts[number]
        return part, row - int(self._ends[number]) + len(part)


def _kinds(columns: Iterable[Sequence[Any]]) -> set[str | None]:
    """The kinds of labels in some columns; those in a list count too."""
    labels = (label for values in columns for value in values for label in _as_list(value))
    return {KINDS.get(kind) for kind in set(map(type, labels))}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _with_text(part: Examples, names: Collection[str]) -> Examples:
    """The same rows with labels as text; `ClassIndex` finds a class by the same text."""
    as_text = {
        name: [list(map(str, value)) if isinstance(value, list) else str(value) for value in values]
        for name, values in part.targets.items()
        if name in names
    }
    return replace(part, targets=part.targets | as_text)
