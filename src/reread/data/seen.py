"""Which texts a model was trained and validated on, kept as keys of 8 bytes instead of texts."""

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


@dataclass(frozen=True)
class SeenTexts:
    """The texts of a training run, ignoring case and white space.

    Attributes:
        trained: keys of the training texts, each once.
        held_out: keys of the validation texts.
    """

    trained: Keys
    held_out: Keys

    @classmethod
    def of(cls, texts: Sequence[str], train: NDArray[np.int64], validation: NDArray[np.int64]) -> SeenTexts:
        """The keys of all texts, split by the rows of both sides."""
        keys = text_keys(texts)
        return cls(np.unique(keys[train]), np.unique(keys[validation]))

    def among(self, texts: Sequence[str]) -> tuple[Bools, Bools]:
        """Which of these texts were trained on, and which of the others were held out; (rows,) each."""
        keys = text_keys(texts)
        trained = np.isin(keys, self.trained)
        return trained, np.isin(keys, self.held_out) & ~trained

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The keys as named arrays, which `from_arrays` reads."""
        return {"trained": self.trained, "held_out": self.held_out}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> SeenTexts:
        """The inverse of ``arrays``.

        Raises:
            DataError: an array is missing, or is not a list of 64-bit keys.
        """
        sides = [arrays.get(name) for name in ("trained", "held_out")]
        if any(side is None or side.dtype != np.uint64 or side.ndim != 1 for side in sides):
            raise DataError("expected trained and held_out, a list of 64-bit keys each")
        return cls(*(np.asarray(side) for side in sides))
