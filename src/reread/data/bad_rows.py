"""What happens to bad rows: an error names them, or they go to the rejects file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TypeAlias

from reread.data.read import Row, Rows
from reread.data.write import open_writer
from reread.errors import ConfigError, DataError
from reread.files import refuse_input
from reread.wording import number_of

BadRowHandler: TypeAlias = Callable[[Rows, Row, str], None]
"""Takes the file, the row, and its problem."""
Rejects: TypeAlias = str | Path | None
Inputs: TypeAlias = Sequence[str | Path]
REMEDY = ', or pass on_bad_rows="set-aside"'
SHOWN = 5  # bad rows that an error names; the others are counted


def bad_row_handler(
    on_bad_rows: str | BadRowHandler, rejects: Rejects, inputs: Inputs = ()
) -> AbstractContextManager[BadRowHandler]:
    """The handler of bad rows, as a context manager that closes the rejects file; a function is used as it is.

    Raises:
        ConfigError: ``on_bad_rows`` is neither "stop" nor "set-aside", or with "set-aside"
            the rejects file is missing or is an input.
    """
    if not isinstance(on_bad_rows, str):
        return nullcontext(on_bad_rows)
    if on_bad_rows not in _HANDLERS:
        raise ConfigError(f'on_bad_rows: "{on_bad_rows}" is neither {" nor ".join(_HANDLERS)}')
    return _HANDLERS[on_bad_rows](rejects, inputs)


class BadRows:
    """The bad rows of some files: the first `SHOWN` with their problems, and how many there are."""

    def __init__(self) -> None:
        self._shown: list[str] = []
        self._file = ""
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, rows: Rows, row: Row, problem: str) -> None:
        """One more."""
        self._count += 1
        if self._count <= SHOWN:
            place = rows.place(row.line)
            if rows.name == self._file:
                place = place.removeprefix(f"{rows.name}, ")
            self._shown.append(f"{place}: {problem}")
            self._file = rows.name

    def error(self, remedy: str = "") -> DataError:
        """All of them in one line.

        Args:
            remedy: what can be done, besides correcting the rows.
        """
        these = "the row" if self._count == 1 else "them"
        return DataError(f"{self.listed()}; correct {these}{remedy}")

    def listed(self) -> str:
        """Places and problems of the first ones, and how many more there are."""
        more = self._count - len(self._shown)
        rest = [f"and {number_of(more, 'more bad row')}"] if more else []
        return "; ".join([*self._shown, *rest])


@contextmanager
def _stopping(*_: Rejects | Inputs) -> Iterator[BadRowHandler]:
    bad = BadRows()
    try:
        yield bad.add
    except DataError as error:
        if bad:
            raise bad.error(REMEDY) from error
        raise
    if bad:
        raise bad.error(REMEDY)


@contextmanager
def _setting_aside(rejects: Rejects, inputs: Inputs) -> Iterator[BadRowHandler]:
    if rejects is None:
        raise ConfigError('on_bad_rows="set-aside" needs a rejects file to write to')
    refuse_input(rejects, inputs, "the rejects file")
    with open_writer(rejects, ("file", "line", "problem", "values"), format="jsonl") as writer:

        def set_aside(rows: Rows, row: Row, problem: str) -> None:
            values = row.values if row.raw is None else row.raw
            writer.write({"file": rows.name, "line": row.line, "problem": problem, "values": values})

        yield set_aside


_HANDLERS: Mapping[str, Callable[[Rejects, Inputs], AbstractContextManager[BadRowHandler]]] = {
    "stop": _stopping,
    "set-aside": _setting_aside,
}
