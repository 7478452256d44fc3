"""A column of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reread.data.columns import choose_column
from reread.data.values import BadValueError, is_missing, number_of
from reread.errors import ConfigError
from reread.tasks.labels import Label
from reread.typing import override
from reread.weak.kinds import Kind, Place, Problem, Vote, Voter, kinds


@kinds.register("column")
@dataclass(frozen=True, kw_only=True)
class Column(Kind):
    """Votes where a number lies above one limit, below another one, or between both; not where it is missing."""

    column: str
    above: float | None = None
    below: float | None = None

    @override
    def open(self, place: Place, label: Label | None) -> Voter:
        if self.above is None and self.below is None:
            raise ConfigError(f'column = "{self.column}" needs a number in above or below')
        if self.above is not None and self.below is not None and self.above >= self.below:
            raise ConfigError(f"no number is above {self.above:g} and below {self.below:g}")
        name = choose_column(place.columns, self.column, (), "column")
        return lambda chunk: [self._vote(row[name]) for row in chunk.rows]

    def _vote(self, value: Any) -> Vote:
        if is_missing(value):
            return None
        try:
            number = number_of(value)
        except BadValueError as error:
            return Problem(f'"{self.column}" {error}')
        return (self.above is None or number > self.above) and (self.below is None or number < self.below)
