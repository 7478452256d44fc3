"""Of one number a text: the number."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from reread.monitoring.figures import Figure, Figures, Floats, answer_kinds

STEPS = 1000  # in the task's scale: a difference by rounding changes no bin


class Scaled(Protocol):
    """A task of numbers that knows how far these spread."""

    @property
    def scale(self) -> float:
        """Their standard deviation."""

    def predict(self, scores: ArrayLike) -> list[Any]:
        """One number per row, in the user's units."""


@answer_kinds.register("number")
def of_number(task: Scaled, scores: Floats) -> Figures:
    """The answered number."""
    step = task.scale / STEPS
    return {"prediction": Figure(np.round(np.array(task.predict(scores)) / step) * step)}
