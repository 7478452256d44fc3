"""What an explanation says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple


class Span(NamedTuple):
    """A piece of a text and what it adds to the answer.

    Attributes:
        text: the piece as it stands there.
        weight: what it adds, in the explanation's unit; below 0 it speaks against.
        start: its first character's place in the text.
        end: the place after its last character.
    """

    text: str
    weight: float
    start: int
    end: int


@dataclass(frozen=True)
class Explanation:
    """Pieces of one text, in reading order, with weights.

    Attributes:
        text: the whole text, as it was given.
        method: how the weights were found.
        account: what they are, in one sentence.
        answer: what they speak for.
        unit: what they, and ``value``, are measured in.
        value: the model's number for that answer, before calibration.
        rest: what of the value no piece accounts for; none where the method's weights need not add up to it.
        spans: the pieces.
    """

    text: str
    method: str
    account: str
    answer: str
    unit: str
    value: float
    rest: float | None
    spans: tuple[Span, ...]

    def __iter__(self) -> Iterator[Span]:
        return iter(self.spans)

    def strongest(self, most: int = 10) -> list[Span]:
        """The pieces with the largest weights, for or against, the strongest first."""
        return sorted(self.spans, key=lambda span: -abs(span.weight))[:most]

    def to_dict(self) -> dict[str, Any]:
        """What JSON can write."""
        return asdict(self) | {"spans": [span._asdict() for span in self.spans]}
