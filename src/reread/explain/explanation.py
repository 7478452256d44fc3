"""An explanation: pieces of a text with their weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple, Self

from reread.wording import number_of

SHOWN = 0.0005  # from which a weight is shown as more than 0.000


class Span(NamedTuple):
    """A piece of a text and what it adds to the answer.

    Attributes:
        text: the piece, verbatim.
        weight: what it adds, in the explanation's ``weight_unit``; below 0 it counts against the answer.
        start: its first character's place in the text.
        end: the place after its last character.
    """

    text: str
    weight: float
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Pieces of one text, in reading order, with weights.

    Attributes:
        text: the whole text, as it was given.
        method: how the weights were found.
        account: what they are, in one sentence.
        answer: the explained answer.
        unit: what they, and ``value``, are measured in.
        value: the model's number for that answer, before calibration.
        rest: the part of the value that no piece accounts for; None if the method's weights need not add up to it.
        spans: the pieces.
        own_unit: of the weights, if it is not that of the value; they then count neither for nor against the answer.
        probability: of that answer, calibrated, as in ``predict_proba``; None if it has none.
        answered: the answer of ``predict``, which need not be the explained one.
        target: in a joint model, the target's name.
        part: the part of the model that ``value`` and the weights describe; None if they describe all of it.
        base: the value of a text without any word; None if the weights count neither for nor against the answer.
        members: what each member of a stack adds to ``value``, by name; empty if one alone answers.
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
    base: float | None = None
    members: Mapping[str, float] = field(default_factory=dict)

    @property
    def signed(self) -> bool:
        """Whether weights above 0 count for the answer and those below 0 against it."""
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

    def sums(self, shown: int) -> list[tuple[str, float]]:
        """What makes up the value beside the strongest ``shown`` pieces, and the value itself, each with a name."""
        if self.base is None:
            return []
        others = [span.weight for span in self.strongest(len(self.spans))[shown:]]
        left = self.value - self.base - sum(span.weight for span in self.spans)
        return [
            *([(f"({number_of(len(others), 'other')})", sum(others))] if others else []),
            *([("(what no single piece accounts for)", left)] if abs(left) >= SHOWN else []),
            ("(without any word)", self.base),
            ("(in all)", self.value),
        ]

    def to_dict(self) -> dict[str, Any]:
        """What JSON can write."""
        values = {name: value for name, value in asdict(self).items() if name != "own_unit"}
        return values | {"weight_unit": self.weight_unit, "spans": [span._asdict() for span in self.spans]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The explanation that `to_dict` described."""
        given = dict(values)
        unit, spans = given.pop("weight_unit"), tuple(Span(**span) for span in given.pop("spans"))
        return cls(**given, spans=spans, own_unit=None if unit == given["unit"] else unit)
