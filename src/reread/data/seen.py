"""Which texts a model was trained and validated on, kept as keys of 8 bytes instead of texts.

Beside the keys may stand what a model that had not seen the text said of it: another model that starts from this one
learns from that, since the model itself is far too sure of what it was trained on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.data.split import text_keys
from reread.errors import DataError

Keys = NDArray[np.uint64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.floating[Any]]
LARGEST = float(np.finfo(np.float16).max)


@dataclass(frozen=True)
class SeenTexts:
    """The texts of a training run, ignoring case and white space.

    Attributes:
        trained: keys of the training texts, each once.
        held_out: keys of the validation texts.
        scores: of all these texts, first those trained on, by models that had not seen them, (texts, scores), in half
            precision; None if they were not kept.
    """

    trained: Keys
    held_out: Keys
    scores: NDArray[np.float16] | None = None

    @classmethod
    def of(
        cls,
        keys: Keys,
        train: NDArray[np.int64],
        validation: NDArray[np.int64],
        scores: tuple[Floats, Floats] | None = None,
    ) -> SeenTexts:
        """The texts of both sides, split by the rows of both sides.

        Args:
            keys: `text_keys` of all of them, (rows,).
            train: rows to train on.
            validation: rows held out.
            scores: of the rows of each side, by models that had not seen them, (rows, scores) each.
        """
        if scores is None:  # places would take twice the memory
            return cls(np.unique(keys[train]), np.unique(keys[validation]))
        sides = [np.unique(keys[rows], return_index=True) for rows in (train, validation)]
        each = [side[first] for side, (_, first) in zip(scores, sides, strict=True)]
        kept = np.clip(np.concatenate(each), -LARGEST, LARGEST).astype(np.float16)
        return cls(sides[0][0], sides[1][0], kept)

    def among(self, keys: Keys) -> tuple[Bools, Bools]:
        """Which of the texts with these keys were trained on, and which of the others held out; (rows,) each."""
        trained = np.isin(keys, self.trained)
        return trained, np.isin(keys, self.held_out) & ~trained

    def scores_of(self, texts: Sequence[str], otherwise: Floats) -> tuple[Floats, Bools]:
        """What models that had not seen these texts said of them, where it was kept.

        Args:
            texts: any.
            otherwise: the scores of texts of which nothing was kept, (texts, scores).

        Returns:
            The scores (texts, scores), and of which texts they were kept, (texts,).
        """
        if self.scores is None or not len(self.scores):
            return otherwise, np.zeros(len(texts), np.bool_)
        keys = np.concatenate([self.trained, self.held_out])
        order = np.argsort(keys, kind="stable")  # of a text on both sides, what was said when it was trained on
        asked = text_keys(texts)
        places = order[np.minimum(np.searchsorted(keys[order], asked), len(keys) - 1)]
        kept = keys[places] == asked
        scores = otherwise.copy()
        scores[kept] = self.scores[places[kept]]
        return scores, kept

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The keys and scores as named arrays, which `from_arrays` reads."""
        arrays: dict[str, NDArray[Any]] = {"trained": self.trained, "held_out": self.held_out}
        return arrays if self.scores is None else {**arrays, "scores": self.scores}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> SeenTexts:
        """The inverse of ``arrays``.

        Raises:
            DataError: an array is missing, or is not a list of 64-bit keys, or of scores for each key.
        """
        sides = [arrays.get(name) for name in ("trained", "held_out")]
        if any(side is None or side.dtype != np.uint64 or side.ndim != 1 for side in sides):
            raise DataError("expected trained and held_out, a list of 64-bit keys each")
        trained, held_out = (np.asarray(side) for side in sides)
        scores = arrays.get("scores")
        keys = len(trained) + len(held_out)
        if scores is not None and (scores.dtype != np.float16 or scores.ndim != 2 or len(scores) != keys):
            raise DataError(f"scores are {scores.dtype} {scores.shape}; expected float16 (keys, scores) of {keys} keys")
        return cls(trained, held_out, scores)
