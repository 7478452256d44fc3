"""What an explanation says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple


class Span(NamedTuple):
    """A piece of a text and what it adds to the answer.

    Attributes:
        text: the piece as it stands there.
        weight: what it adds, in the explanation's ``weight_unit``; below 0 it speaks against.
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
        own_unit: of the weights, where the method measures them otherwise than the value; they then speak neither for nor against.
        probability: of that answer, calibrated, as ``predict`` gives it; none where it has none.
        answered: what ``predict`` answers, which need not be what is explained.
        target: of a joint model which target that is.
        part: which part of the model ``value`` and the weights are of; none where they are of all of it.
    """

    text: str
    method: str
    account: str
    answer: str
    unit: str
    value: float
    rest: float | None
    spans: tuple[Span, ...]
    own_unit: str | None = None
    probability: float | None = None
    answered: Any = None
    target: str | None = None
    part: str | None = None

    @property
    def signed(self) -> bool:
        """Whether weights above 0 speak for the answer and those below 0 against it."""
        return self.own_unit is None

    @property
    def weight_unit(self) -> str:
        """What the weights are measured in."""
        return self.own_unit or self.unit

    def __iter__(self) -> Iterator[Span]:
        return iter(self.spans)

    def strongest(self, most: int = 10) -> list[Span]:
        """The pieces with the largest weights, for or against, the strongest first."""
        return sorted(self.spans, key=lambda span: -abs(span.weight))[:most]

    def to_dict(self) -> dict[str, Any]:
        """What JSON can write."""
        own = {name: value for name, value in asdict(self).items() if name != "own_unit"}
        return own | {"weight_unit": self.weight_unit, "spans": [span._asdict() for span in self.spans]}
