"""What an explanation needs of a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from reread.scoring.joint_postprocessor import AnyPostprocessor
from reread.scoring.scorer import Scorer
from reread.tasks import Task


class Explained(Protocol):
    """A model that can be explained: every `reread.Model` is one."""

    @property
    def task(self) -> Task:
        """What the scores mean."""

    @property
    def postprocessor(self) -> AnyPostprocessor:
        """Scores → answers."""

    def scores(self, texts: Sequence[str]) -> NDArray[np.floating[Any]]:
        """The raw scores, (texts, scores)."""

    def network(self) -> Scorer:
        """The network that reads the texts.

        Raises:
            ConfigError: the model has no network.
        """

    def network_share(self) -> float:
        """How much that network counts in the answers, from 0 to 1."""
