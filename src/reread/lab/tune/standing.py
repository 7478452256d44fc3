"""What a study knows of a trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DONE, PRUNED, RUNNING, FAILED = "done", "pruned", "running", "failed"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A trial as the study knows it.

    Attributes:
        number: in the order in which trials began, from 0.
        state: "done", "pruned", "running" or "failed".
        defaults: whether it is the recipe as it is.
        value: the headline metric on the rows held out; None before its end.
        settings: the values that were tried, by dotted name.
        seconds: it took, and the training of its network alone.
        note: why it ended early, if it did.
        linear_alone: whether the linear member answered alone, so that the figure says nothing about the network.
        ended: seconds since the first trial began; None before its end.
    """

    number: int
    state: str
    defaults: bool
    value: float | None
    settings: Mapping[str, Any]
    seconds: float
    training_seconds: float
    note: str
    ended: float | None
    linear_alone: bool = False
