"""A regular expression."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reread.errors import ConfigError
from reread.tasks.labels import Label
from reread.typing import override
from reread.weak.kinds import Kind, Place, Voter, kinds


@kinds.register("pattern")
@dataclass(frozen=True, kw_only=True)
class Pattern(Kind):
    """Votes where a regular expression is found in the text.

    Attributes:
        pattern: the expression.
        case: whether upper and lower case differ; ``(?-i:...)`` makes them differ in a part of it.
    """

    pattern: str
    case: bool = False

    @override
    def open(self, place: Place, label: Label | None) -> Voter:
        if not self.pattern:
            raise ConfigError("pattern is empty; it would be found in every text")
        try:
            expression = re.compile(self.pattern, 0 if self.case else re.IGNORECASE)
        except (re.error, OverflowError, RecursionError) as error:
            raise ConfigError(f"pattern = {self.pattern!r} is not a regular expression: {error}") from error
        return lambda chunk: [expression.search(text) is not None for text in chunk.texts]
