"""How far back a word still affects a network that reads in one direction: docs/sources.md, S2."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError, DataError, MissingExtraError
from reread.scoring.scorer import Scorer

Floats: TypeAlias = NDArray[np.float64]


def gradient_by_distance(network: Scorer, texts: Iterable[str], steps: int) -> Floats:
    """The norm of the answer's gradient by the word vector at each distance from the last word, (texts, steps).

    Args:
        network: one that reads from left to right and answers by its last state.
        texts: those with fewer than ``steps`` tokens are skipped.
        steps: how many distances; 0 is the last word.

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
            "distance to the answer is defined for a network that reads in one direction and whose last state "
            "answers, as in recipe lstm"
        )
    sizes = []
    for text in texts:
        ids = network.encode(text)
        if steps <= len(ids) <= network.window:
            aim = network.task.aim(network.score_ids([ids])[0])
            sizes.append(gradient_sizes(backend, ids, aim.weights)[::-1][:steps])
    if not sizes:
        raise DataError(f"no text has from {steps:,} to {network.window:,} tokens; use fewer steps")
    return np.stack(sizes)
