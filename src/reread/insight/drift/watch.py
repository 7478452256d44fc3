"""A model and new texts → how these differ from the ones it was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reread.bundle import Bundle
from reread.errors import BundleError, ConfigError, DataError
from reread.insight.drift.shift import LEVEL, LIMIT, Shift, shifts, told
from reread.scoring.reference import figures_of, read_reference


class DriftWatch:
    """Takes in texts, some at a time, and says how they differ from the rows held out of a model's training.

    Kept are a few histograms, so any number of texts takes the memory of the most that are given at once. Answers are the network's, of a blend too: its linear half
    has learned from the rows held out since.

    Args:
        bundle: the model folder.

    Raises:
        ConfigError: the folder says nothing of the texts of its training.
        BundleError: what it says cannot be read.
    """

    def __init__(self, bundle: Bundle) -> None:
        reference = bundle.metrics.get("reference")
        if not reference:
            raise ConfigError(
                f"{bundle.path} does not say what its texts were like: it was trained before reread wrote that down, or with no rows held out; train it again"
            )
        try:
            self._before = read_reference(reference)
        except ConfigError as error:
            raise BundleError(f"{bundle.path}: {error}") from error
        self._now = {name: histogram.empty() for name, histogram in self._before.items()}
        self._scorer = bundle.scorer
        self.texts = 0

    def add(self, texts: Sequence[str]) -> None:
        """Take in more texts."""
        if not texts:
            return
        encoded = self._scorer.encoder.encode_many(texts, self._scorer.max_tokens)
        figures = figures_of(self._scorer.task, encoded, self._scorer.score_ids(encoded))
        self._now = {name: histogram.plus(figures[name]) for name, histogram in self._now.items()}
        self.texts += len(texts)

    def verdict(self, *, limit: float = LIMIT, level: float = LEVEL) -> Drift:
        """How all texts so far differ; see `shifts`.

        Raises:
            DataError: there were none.
        """
        if not self.texts:
            raise DataError("there are no texts to compare with those of the training")
        return Drift(self.texts, tuple(shifts(self._before, self._now, limit=limit, level=level)))


@dataclass(frozen=True)
class Drift:
    """How texts differ from those of a model's training."""

    texts: int
    shifts: tuple[Shift, ...]

    @property
    def drifted(self) -> bool:
        """Whether a figure has moved."""
        return any(shift.moved for shift in self.shifts)

    def sentence(self) -> str:
        """The answer in plain words."""
        moved = [f"{shift.name} {told(shift)}" for shift in self.shifts if shift.moved]
        if not moved:
            return "The texts are like those that the model was trained on."
        return f"The texts are no longer like those that the model was trained on: {'; '.join(moved)}. Label some of the new ones, evaluate, and train again."

    def to_config(self) -> dict[str, Any]:
        """As JSON can write it."""
        return {
            "texts": self.texts,
            "drifted": self.drifted,
            "answer": self.sentence(),
            "figures": [_config(shift) for shift in self.shifts],
        }


def _config(shift: Shift) -> dict[str, Any]:
    found = {"figure": shift.name, "index": shift.index, "chance": shift.chance, "moved": shift.moved}
    return {**found, "before": shift.before.to_config(), "now": shift.now.to_config()}
