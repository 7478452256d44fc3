"""What an explanation needs of a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from reread.scoring.joint_postprocessor import AnyPostprocessor
from reread.scoring.scorer import Scorer
from reread.tasks import Task
from reread.text.segmenters.base import Span


class Contributing(Protocol):
    """A linear member that says what each n-gram adds: `reread.baseline.linear.LinearModel`."""

    def contributions(
        self, text: str, direction: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
        """What each n-gram of a text adds to direction · scores, and where it begins and ends, (occurrences,) each."""


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

    def spans(self, text: str) -> list[Span]:
        """The places of the words of a text that the model reads: start and end of each, in characters."""

    def members(self, text: str) -> dict[str, NDArray[np.floating[Any]]]:
        """What each member adds to the raw scores of a text, by name, (scores,); empty if there is one alone."""

    def linear_share(self) -> float:
        """How much of a linear member's scores is in the model's, from 0 to 1."""

    def linear_member(self) -> Contributing:
        """The linear member.

        Raises:
            ConfigError: the model has none.
        """

    def network(self) -> Scorer:
        """The network that reads the texts.

        Raises:
            ConfigError: the model has no network.
        """

    def network_share(self) -> float:
        """How much that network counts in the answers, from 0 to 1."""
