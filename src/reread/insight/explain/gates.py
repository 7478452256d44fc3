"""What an LSTM's gates do over the words of a text: docs/sources.md, S2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.errors import DataError, MissingExtraError
from reread.scoring.scorer import Scorer

Floats: TypeAlias = NDArray[np.float32]
READS = ("read ahead", "read back")
PARTS = ("input", "forget", "output", "cell")


@dataclass(frozen=True, kw_only=True)
class Gates:
    """One direction of an LSTM's first layer over a text; arrays are (words, units), in the order of the text.

    Attributes:
        reads: the direction in which it reads.
        words: in the order of the text.
        input: input gate, 0 … 1: how much of a word is taken in.
        forget: forget gate, 0 … 1: how much of the cell is kept.
        output: output gate, 0 … 1: how much of the cell is shown.
        cell: what it holds after the word.
    """

    reads: str
    words: tuple[str, ...]
    input: Floats
    forget: Floats
    output: Floats
    cell: Floats


def gates(network: Scorer, text: str) -> list[Gates]:
    """The gates and the cell at each word, by the equations of the reference cell; one entry a direction.

    Raises:
        ConfigError: the network's recurrence is no LSTM, or its description is not at hand.
        DataError: the text has no word.
        MissingExtraError: torch is not installed.
    """
    words = tuple(text[start:end] for start, end in network.encoder.spans(text)[: network.max_tokens])
    if not words:
        raise DataError("the text has no word that gates could be shown at")
    try:
        parts_of_directions = network.in_torch().gates(network.encode(text))
    except ModuleNotFoundError as error:
        raise MissingExtraError("looking at gates", "train") from error
    return [
        Gates(reads=reads, words=words, **dict(zip(PARTS, parts, strict=True)))
        for reads, parts in zip(READS, parts_of_directions, strict=False)
    ]
