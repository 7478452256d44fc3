"""Who is told how training goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol


class Progress(Protocol):
    """How far a run is: optimiser steps, seconds, words read and the running loss."""

    step: int
    seconds: float
    words: int
    loss: float


Note = Callable[[str], None]
"""Takes one line about what was found or chosen."""


class Listener(Protocol):
    """Who is told what a run finds and how it goes."""

    def on_note(self, note: str) -> None:
        """One line about what was found or chosen."""

    def on_stage(self, stage: str) -> None:
        """Before something that takes its time: what is done now, as in "counting the vocabulary"."""

    def on_step(self, state: Progress, total_steps: int) -> None:
        """After every optimiser step."""

    def on_evaluation(self, record: Mapping[str, Any], *, best: bool) -> None:
        """After every evaluation; ``best``: its weights are kept."""

    def wants_stop(self) -> bool:
        """Asked after every step: whether the run should end here, with an evaluation, as if it were its last step."""


class Silent:
    """A listener that says nothing."""

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
