"""Which words and phrases drive each answer over many texts: explanations, added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reread.explain import Explanation, Span
from reread.explain.marks import strengths

KEPT = 200_000  # pieces of each answer that are remembered at once
LONGEST = 5  # words of a phrase
LEAST = {100: 3, 20: 2}  # texts of an answer → how many of them must contain a piece; with fewer texts, one
PRIOR = 10  # extra texts that count with weight 0 for every piece, so that rare pieces need a larger weight


class Driver(NamedTuple):
    """A word or phrase and what it added to an answer.

    Attributes:
        text: the piece, as it is read: in lower case where the model reads so.
        weight: its mean weight over the texts that contain it, in the explanations' unit; below 0 it counted against
            the answer. A phrase's weight is the sum of its words' weights, not its weight as one piece.
        texts: how many texts contain it; a lower bound if there were more pieces than are kept, see `global_words`.
    """

    text: str
    weight: float
    texts: int

    @property
    def force(self) -> float:
        """Its rank score: its weight, shrunk towards 0 the more, the fewer texts contain it."""
        return self.weight * self.texts / (self.texts + PRIOR)


@dataclass(frozen=True, kw_only=True)
class AnswerDrivers:
    """What drove one answer.

    Attributes:
        answer: the class, label or number.
        unit: of the weights.
        method: how they were found.
        account: what they are, in one sentence.
        signed: whether weights below 0 count against the answer.
        texts: how many were explained for it.
        least: how many of them must contain a piece for it to be listed.
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
        drivers_of_side = {side: [driver._asdict() for driver in drivers] for side, drivers in sides.items()}
        return {"answer": self.answer, "unit": self.unit, "texts": self.texts, "least": self.least, **drivers_of_side}


@dataclass
class _Sums:
    """The pieces of one answer so far: for each, the sum of its weights and the number of texts that contain it."""

    first: Explanation
    texts: int = 0
    pieces: dict[str, tuple[float, int]] = field(default_factory=dict)

    def add(self, weights: Mapping[str, float]) -> None:
        """One more text."""
        self.texts += 1
        for piece, weight in weights.items():
            total, texts = self.pieces.get(piece, (0.0, 0))
            self.pieces[piece] = total + weight, texts + 1
        if len(self.pieces) > KEPT:  # as in lossy counting (Manku and Motwani 2002), the rarest pieces are dropped
            most = sorted(self.pieces.items(), key=lambda item: -item[1][1])
            self.pieces = dict(most[: KEPT // 2])

    def drivers(self, answer: str, most: int, least: int | None) -> AnswerDrivers:
        if least is None:
            least = next((few for size, few in LEAST.items() if self.texts >= size), 1)
        pieces = self.pieces.items()
        drivers = [Driver(piece, total / texts, texts) for piece, (total, texts) in pieces if texts >= least]
        ranked = sorted(drivers, key=lambda driver: (-driver.force, driver.text))
        ahead = tuple(driver for driver in ranked[:most] if driver.weight > 0)
        against = tuple(driver for driver in ranked[: -most - 1 : -1] if driver.weight < 0)
        first = self.first
        return AnswerDrivers(
            answer=answer,
            unit=first.weight_unit,
            method=first.method,
            account=first.account,
            signed=first.signed,
            texts=self.texts,
            least=least,
            speaking_for=ahead,
            speaking_against=against,
        )


def global_words(
    explanations: Iterable[Explanation],
    *,
    most: int = 20,
    least: int | None = 1,
    normalise: Callable[[str], str] = str.lower,
) -> list[AnswerDrivers]:
    """The words and phrases that drive each answer, answers in the order of their names.

    A phrase is a run of neighbouring words that all count for the answer, or all against it, each with at least a sixth
    of the largest weight in its text; its weight is the sum of theirs. A piece that occurs more than once in a text
    counts with the sum. Memory does not grow with the number of texts: whenever an answer has more than ``KEPT``
    pieces, the rarer half is dropped. A piece that comes back is counted anew: then ``texts`` is a lower bound and
    the mean is over those texts alone.

    Args:
        explanations: of any number of texts; each is read once and forgotten.
        most: pieces of each side.
        least: how many texts of the answer must contain a piece for it to be listed; None: by `LEAST`.
        normalise: makes equal what the model reads as equal, such as `TextEncoder.normalise`.
    """
    sums: dict[str, _Sums] = {}
    for explanation in explanations:
        sums_of_answer = sums.setdefault(explanation.answer, _Sums(explanation))
        weights: dict[str, float] = {}
        for start, end, weight in _pieces(explanation):
            piece = " ".join(normalise(explanation.text[start:end]).split())
            weights[piece] = weights.get(piece, 0.0) + weight
        sums_of_answer.add(weights)
    return [sums[answer].drivers(answer, most, least) for answer in sorted(sums)]


def _pieces(explanation: Explanation) -> Iterator[tuple[int, int, float]]:
    """Words and phrases: their places and weights."""
    for span in explanation.spans:
        yield span.start, span.end, span.weight
    for run in _runs(explanation):
        if 1 < len(run) <= LONGEST:
            yield run[0].start, run[-1].end, sum(span.weight for span in run)


def _runs(explanation: Explanation) -> Iterator[Sequence[Span]]:
    """Runs of neighbouring words on the same side."""
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
