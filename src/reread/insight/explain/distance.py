"""How far back a network that reads one way still feels a word: docs/sources.md, S2."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError, DataError, MissingExtraError
from reread.scoring.scorer import Scorer

Floats: TypeAlias = NDArray[np.float64]


def gradient_by_distance(network: Scorer, texts: Iterable[str], steps: int) -> Floats:
    """The length of the answer's gradient by the vector of the word so many steps before the last one, (texts, steps).

    Args:
        network: one that reads from left to right and answers by its last state.
        texts: those of fewer than ``steps`` tokens are passed over.
        steps: distances, from 0, which is the last word, on.

    Raises:
        ConfigError: another network, or its description is not at hand.
        DataError: no text is that long.
        MissingExtraError: torch is not installed.
    """
    try:
        from reread.scoring.backends.gradients import gradient_sizes  # noqa: PLC0415  # imports torch

        backend = network.in_torch()
    except ModuleNotFoundError as error:
        raise MissingExtraError("gradients", "train") from error
    spec = network.network.spec if network.network else None
    if spec is None or spec.bidirectional or spec.pooling != "last":
        raise ConfigError(
            "distance to the answer means something where a network reads one way and its last state "
            "answers, as in recipe lstm"
        )
    found = []
    for text in texts:
        ids = network.encode(text)
        if steps <= len(ids) <= network.window:
            aim = network.task.aim(network.score_ids([ids])[0])
            found.append(gradient_sizes(backend, ids, aim.weights)[::-1][:steps])
    if not found:
        raise DataError(f"no text has from {steps:,} to {network.window:,} tokens; use fewer steps")
    return np.stack(found)
