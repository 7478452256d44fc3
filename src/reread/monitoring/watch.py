"""A model and new texts → how these differ from the ones it was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reread.bundle import Bundle
from reread.errors import BundleError, ConfigError, DataError
from reread.model.load import model_of
from reread.monitoring.histogram import Histogram
from reread.monitoring.reference import TEXT_FIGURES, figures_of, read_reference
from reread.monitoring.shift import LEVEL, LIMIT, Shift, describe_shift, shifts
from reread.wording import number_of

FEW = 50  # texts: fewer would have to differ much for it to show
TEXT = "text"
"""The figure that counts the rows with a text."""


class DriftWatch:
    """Takes in texts, some at a time, and measures how they differ from the rows held out of a model's training.

    Only a few histograms are kept, so memory depends on the largest number of texts given at once. Answers are those
    that the folder gives by default, compared with those to the rows held out before the linear member learned from
    these. In folders of earlier versions they are the network's.

    Args:
        bundle: the model folder.

    Attributes:
        texts: how many were taken in.
        without: how many rows were without one.

    Raises:
        ConfigError: the folder holds no figures of its training texts.
        BundleError: these figures cannot be read.
    """

    def __init__(self, bundle: Bundle) -> None:
        reference = bundle.metrics.get("reference")
        if not reference:
            raise ConfigError(
                f"{bundle.path} does not say what its texts were like: it was trained with an older reread, "
                "or without rows held out; train it again"
            )
        try:
            self._before, part = read_reference(reference)
            self._model = model_of(bundle, part)
        except ConfigError as error:
            raise BundleError(f"{bundle.path}: {error}") from error
        self._scorer = bundle.scorer
        self.restart()

    def restart(self) -> None:
        """Forget the texts that were taken in."""
        self._now = {name: histogram.empty() for name, histogram in self._before.items()}
        self.texts = self.without = 0

    def add(self, texts: Sequence[str], without: int = 0) -> None:
        """Take in more texts, and a number of rows without a text."""
        self.texts += len(texts)
        self.without += without
        if not texts:
            return
        encoded = self._scorer.encoder.encode_many(texts, self._scorer.max_tokens)
        figures = figures_of(self._model.postprocessor, encoded, self._model.scores(texts))
        self._now = {name: histogram.plus(figures[name]) for name, histogram in self._now.items()}

    @property
    def note(self) -> str:
        """The figures that are not compared, and why; empty if all are."""
        if self._before.keys() - TEXT_FIGURES:
            return ""
        return "answers are not compared: the folder has no figures of its answers in training; train it again"

    def verdict(self, *, limit: float = LIMIT, level: float = LEVEL) -> Drift:
        """How all texts so far differ; see `shifts`.

        Raises:
            ConfigError: ``level`` is outside the range that `shifts` allows.
            DataError: there were no texts.
        """
        if not self.texts:
            raise DataError("there are no texts to compare with those of the training")
        held_out = next(iter(self._before.values())).texts  # rows without a text cannot be held out
        before, now = ({TEXT: _rows(held_out)} | self._before, {TEXT: _rows(self.texts, self.without)} | self._now)
        return Drift(self.texts, self.without, tuple(shifts(before, now, limit=limit, level=level)))


def _rows(texts: int, without: int = 0) -> Histogram:
    return Histogram((1.0,), (without, texts), names=("missing", "present"))


@dataclass(frozen=True)
class Drift:
    """How texts differ from those of a model's training, and how many rows were without one."""

    texts: int
    without: int
    shifts: tuple[Shift, ...]

    @property
    def drifted(self) -> bool:
        """Whether a figure has moved."""
        return any(shift.moved for shift in self.shifts)

    def sentence(self) -> str:
        """The answer in plain words."""
        moved = {shift.name: describe_shift(shift) for shift in self.shifts if shift.moved}
        if not moved and self.texts < FEW:
            return f"No change shows, but {number_of(self.texts, 'text')} would show only a large one."
        if not moved:
            return "The texts are like those that the model was trained on."
        label = "Label some of the new ones, evaluate, and train again"
        advice = "Look at what brings them in" if TEXT in moved else label
        figures = "; ".join(f"{name} {words}" for name, words in moved.items())
        return f"The texts are no longer like those that the model was trained on: {figures}. {advice}."

    def to_config(self) -> dict[str, Any]:
        """As JSON can write it."""
        return {
            "texts": self.texts,
            "without_text": self.without,
            "drifted": self.drifted,
            "answer": self.sentence(),
            "figures": [_config(shift) for shift in self.shifts],
        }


def _config(shift: Shift) -> dict[str, Any]:
    figures = {"figure": shift.name, "index": shift.index, "chance": shift.chance, "moved": shift.moved}
    return {**figures, "before": shift.before.to_config(), "now": shift.now.to_config()}
