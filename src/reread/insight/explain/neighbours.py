"""The examples that the network finds most similar to a text: nearest by the vectors that it answers from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nlargest
from itertools import chain, islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError
from reread.scoring.scorer import Scorer

TOGETHER = 1024  # examples read in one call


class Example(NamedTuple):
    """A text that a model may have learned from, its targets, and its place."""

    text: str
    targets: Mapping[str, Any]
    place: str


class Neighbour(NamedTuple):
    """An example and the cosine between its vector and the text's, from -1 to 1."""

    example: Example
    cosine: float

    def to_dict(self) -> dict[str, Any]:
        """What JSON can write."""
        return {"cosine": self.cosine, **self.example._asdict()}


def neighbours(network: Scorer, text: str, examples: Iterable[Example], most: int = 5) -> list[Neighbour]:
    """The examples nearest to a text, the nearest first.

    Memory does not grow with the examples: they are read some at a time, and the nearest are kept.

    Args:
        network: what reads the texts.
        text: the text.
        examples: training rows, or any others.
        most: how many are wanted.

    Raises:
        ConfigError: none is wanted, or the network's description is not at hand.
        MissingExtraError: there is neither a compiled kernel that knows the network nor torch.
    """
    if most < 1:
        raise ConfigError(f"most = {most}: expected 1 neighbour or more")
    vector = network.vectors([text])[0]
    nearest: list[Neighbour] = []
    for some in _chunks(examples):
        measured = _measured(some, network.vectors([example.text for example in some]), vector)
        nearest = nlargest(most, chain(nearest, measured), key=_cosine)
    return nearest


class ReadExamples:
    """Examples that a network has read once, for many texts.

    Args:
        network: what reads the texts.
        examples: training rows, or any others.

    Attributes:
        examples: they.
    """

    def __init__(self, network: Scorer, examples: Sequence[Example]) -> None:
        self.examples = examples
        self._network = network
        self._vectors = network.vectors([example.text for example in examples])

    def nearest(self, text: str, most: int = 5) -> list[Neighbour]:
        """Those nearest to a text, the nearest first; of equal texts, one."""
        measured = _measured(self.examples, self._vectors, self._network.vectors([text])[0])
        different = {each.example.text: each for each in sorted(measured, key=_cosine)}
        return nlargest(most, different.values(), key=_cosine)


def _measured(
    examples: Sequence[Example], vectors: NDArray[np.float32], vector: NDArray[np.float32]
) -> Iterator[Neighbour]:
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(vector)
    cosines = np.divide(vectors @ vector, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return map(Neighbour, examples, cosines.tolist())


def _cosine(neighbour: Neighbour) -> float:
    return neighbour.cosine


def _chunks(examples: Iterable[Example]) -> Iterator[list[Example]]:
    left = iter(examples)
    while some := list(islice(left, TOGETHER)):
        yield some
