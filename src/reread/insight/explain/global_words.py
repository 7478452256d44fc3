"""Which words and phrases drive each answer over many texts: explanations, added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reread.explain import Explanation, Span
from reread.explain.marks import strengths

KEPT = 200_000  # pieces of each answer that are remembered at once
LONGEST = 5  # words of a phrase
LEAST = {100: 3, 20: 2}  # texts of an answer from which on a piece must stand in so many of them; below, in one
PRIOR = 10  # texts in which every piece is taken to have weighed nothing: what stands in few must weigh more


class Driver(NamedTuple):
    """A word or phrase and what it added to an answer.

    Attributes:
        text: the piece, as it is read: in lower case where the model reads so.
        weight: the mean over the texts that it stands in of what its words weigh there, in the explanations' unit; below 0 it spoke against.
            A phrase's is the sum of its words' own weights, not what the phrase as one piece would weigh.
        texts: how many these are; where more pieces were met than are remembered, no more than it was met in, see `global_words`.
    """

    text: str
    weight: float
    texts: int

    @property
    def force(self) -> float:
        """What it is ranked by: its weight, drawn towards 0 the more, the fewer texts tell of it."""
        return self.weight * self.texts / (self.texts + PRIOR)


@dataclass(frozen=True)
class AnswerDrivers:
    """What drove one answer.

    Attributes:
        answer: the class, label or number.
        unit: of the weights.
        method: how they were found.
        account: what they are, in one sentence.
        signed: whether they speak for the answer or against it.
        texts: how many were explained for it.
        least: in how many of them a piece stands at least to be named.
        speaking_for: the pieces that added most, the strongest first.
        speaking_against: those that took most away.
    """

    answer: str
    unit: str
    method: str
    account: str
    signed: bool
    texts: int
    least: int
    speaking_for: tuple[Driver, ...]
    speaking_against: tuple[Driver, ...]

    def to_dict(self) -> dict[str, Any]:
        """What JSON can write."""
        sides = {"for": self.speaking_for, "against": self.speaking_against}
        own = {side: [driver._asdict() for driver in drivers] for side, drivers in sides.items()}
        return {"answer": self.answer, "unit": self.unit, "texts": self.texts, "least": self.least, **own}


@dataclass
class _Sums:
    """The pieces of one answer so far: of each the sum of its weights and the texts that it stood in."""

    first: Explanation
    texts: int = 0
    pieces: dict[str, tuple[float, int]] = field(default_factory=dict)

    def add(self, weights: Mapping[str, float]) -> None:
        """One more text."""
        self.texts += 1
        for piece, weight in weights.items():
            total, texts = self.pieces.get(piece, (0.0, 0))
            self.pieces[piece] = total + weight, texts + 1
        if len(self.pieces) > KEPT:  # in the way of lossy counting (Manku and Motwani 2002), what was met least goes
            most = sorted(self.pieces.items(), key=lambda item: -item[1][1])
            self.pieces = dict(most[: KEPT // 2])

    def drivers(self, answer: str, most: int, least: int | None) -> AnswerDrivers:
        if least is None:
            least = next((few for size, few in LEAST.items() if self.texts >= size), 1)
        pieces = self.pieces.items()
        found = [Driver(piece, total / texts, texts) for piece, (total, texts) in pieces if texts >= least]
        ranked = sorted(found, key=lambda driver: (-driver.force, driver.text))
        ahead = tuple(driver for driver in ranked[:most] if driver.weight > 0)
        against = tuple(driver for driver in ranked[: -most - 1 : -1] if driver.weight < 0)
        own = self.first
        return AnswerDrivers(
            answer, own.weight_unit, own.method, own.account, own.signed, self.texts, least, ahead, against
        )


def global_words(
    explanations: Iterable[Explanation],
    *,
    most: int = 20,
    least: int | None = 1,
    normalise: Callable[[str], str] = str.lower,
) -> list[AnswerDrivers]:
    """The words and phrases that drive each answer, answers in the order of their names.

    A phrase is a run of neighbouring words that all speak for the answer, or all against it, each with a sixth of the
    largest weight in its text at least; it weighs the sum of their single weights, each found with the others in place. What stands
    in a text more than once counts with the sum. Memory does not grow with the texts: whenever an answer has more than ``KEPT`` pieces,
    the half met least often so far is forgotten. A piece that comes back is counted anew: from then on ``texts`` is a lower bound and
    the mean is over those texts alone.

    Args:
        explanations: of any number of texts; each is read once and forgotten.
        most: pieces of each side.
        least: texts of the answer that a piece must stand in to be named; None: the more, the more texts there are, see `LEAST`.
        normalise: makes equal what the model reads as equal, such as `TextEncoder.normalise`.
    """
    sums: dict[str, _Sums] = {}
    for explanation in explanations:
        own = sums.setdefault(explanation.answer, _Sums(explanation))
        weights: dict[str, float] = {}
        for start, end, weight in _pieces(explanation):
            piece = " ".join(normalise(explanation.text[start:end]).split())
            weights[piece] = weights.get(piece, 0.0) + weight
        own.add(weights)
    return [sums[answer].drivers(answer, most, least) for answer in sorted(sums)]


def _pieces(explanation: Explanation) -> Iterator[tuple[int, int, float]]:
    """Words and phrases: where they stand, and what they weigh."""
    for span in explanation.spans:
        yield span.start, span.end, span.weight
    for run in _runs(explanation):
        if 1 < len(run) <= LONGEST:
            yield run[0].start, run[-1].end, sum(span.weight for span in run)


def _runs(explanation: Explanation) -> Iterator[Sequence[Span]]:
    """Neighbours that speak on the same side, as long as they do."""
    run: list[Span] = []
    side = 0
    for span, force in zip(explanation.spans, strengths(explanation.spans), strict=True):
        if run and (force * side <= 0 or explanation.text[run[-1].end : span.start].strip()):
            yield run
            run = []
        if force:
            run.append(span)
        side = force
    yield run
