"""Listeners to training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol


class Progress(Protocol):
    """The progress of a run: optimiser steps, seconds, words read and the running loss."""

    step: int
    seconds: float
    words: int
    loss: float


Note = Callable[[str], None]
"""Takes one line about a choice or result."""


class Listener(Protocol):
    """Receives the events of a training run."""

    def on_note(self, note: str) -> None:
        """One line about a choice or result."""

    def on_stage(self, stage: str) -> None:
        """Before something slow: what is done now, such as "counting the vocabulary"."""

    def on_step(self, state: Progress, total_steps: int) -> None:
        """After every optimiser step."""

    def on_evaluation(self, record: Mapping[str, Any], *, best: bool) -> None:
        """After every evaluation; ``best``: its weights are kept."""

    def wants_stop(self) -> bool:
        """Called after every step: whether the run should end here, with an evaluation, as after its last step."""


class Silent:
    """A listener that ignores all events."""

    def on_note(self, note: str) -> None:
        """See `Listener`."""

    def on_stage(self, stage: str) -> None:
        """See `Listener`."""

    def on_step(self, state: Progress, total_steps: int) -> None:
        """See `Listener`."""

    def on_evaluation(self, record: Mapping[str, Any], *, best: bool) -> None:
        """See `Listener`."""

    def wants_stop(self) -> bool:
        """See `Listener`."""
        return False
