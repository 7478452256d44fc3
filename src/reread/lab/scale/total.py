"""How far the answering of many files is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from reread.model.files import Answered


@dataclass
class Total:
    """How far the work is.

    Attributes:
        parts: how many there are.
        there: results that were there before.
        done: parts that were answered, here or by others.
        size: bytes of the parts that were to be answered.
        read: bytes of those that are done.
        answered: what became of the rows of these that were answered here.
        failed_in: how many rows of a part could not be answered, if any.
        columns: the parts by the column with their texts.
        in_part: rows that are done of each part that is not.
        machines: of a cluster, how many parts each has answered.
        under_way: how many each of them has in hand.
        started: when the work began.
    """

    parts: int
    there: int
    size: int
    done: int = 0
    read: int = 0
    answered: Answered = field(default_factory=Answered)
    failed_in: dict[str, int] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    in_part: dict[str, int] = field(default_factory=dict)
    machines: Mapping[str, int] = field(default_factory=dict)
    under_way: Mapping[str, int] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    def add(self, part: str, size: int, answered: Answered) -> None:
        """A part has been answered."""
        self.in_part.pop(part, None)
        self.done += 1
        self.read += size
        self.answered.rows += answered.rows
        self.answered.failed += answered.failed
        self.answered.abstained += answered.abstained
        self.answered.texts = self.answered.texts or answered.texts
        if answered.failed:
            self.failed_in[part] = answered.failed
        if answered.column:
            self.columns.setdefault(answered.column, []).append(part)

    @property
    def seconds(self) -> float:
        """Since the work began."""
        return time.monotonic() - self.started

    @property
    def rows_a_second(self) -> float:
        """Answered here, those of parts that are not done among them."""
        return (self.answered.rows + sum(self.in_part.values())) / self.seconds

    @property
    def seconds_left(self) -> float | None:
        """How long the rest will take, by the bytes that are done; None until a part is.

        Of a part that is not done these are known by its rows.
        """
        if not self.read:
            return None
        rows = self.answered.rows
        done = self.read * (1 + sum(self.in_part.values()) / rows) if rows else self.read
        return self.seconds * max(0.0, self.size / done - 1)
