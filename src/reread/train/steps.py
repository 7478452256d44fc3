"""How optimisers move weights.

torch has the same ones; but the first of them that is made there loads torch's compiler, which takes longer than a small training does.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from reread.typing import override

EARLY, LATE = 0.9, 0.999  # what Adam's averages of gradients and of their squares keep from step to step
TINY = 1e-8  # added to what Adam divides by


class Optimiser(ABC):
    """Moves parameters by their gradients; one without a gradient stays where it is.

    Args:
        parameters: what it moves.
        rate: the learning rate.

    Attributes:
        base_rate: the rate that a schedule multiplies.
        rate: that of the next step.
        state: of each parameter what is kept from step to step, by name; nothing before its first one.
    """

    def __init__(self, parameters: Sequence[nn.Parameter], rate: float) -> None:
        self.parameters, self.base_rate, self.rate = list(parameters), rate, rate
        self.state: list[dict[str, Tensor]] = [{} for _ in self.parameters]

    @torch.no_grad()
    def step(self) -> None:
        """Move every parameter that has a gradient."""
        for parameter, state in zip(self.parameters, self.state, strict=True):
            if parameter.grad is not None:
                self.move(parameter, parameter.grad, state)

    @abstractmethod
    def move(self, parameter: nn.Parameter, grad: Tensor, state: dict[str, Tensor]) -> None:
        """Move one parameter by its gradient, and bring its state up to date."""


class SGD(Optimiser):
    """weight = weight - rate * gradient, be that dense or sparse."""

    @override
    def move(self, parameter: nn.Parameter, grad: Tensor, state: dict[str, Tensor]) -> None:
        parameter.add_(grad, alpha=-self.rate)


class Adam(Optimiser):
    """Kingma and Ba 2015, algorithm 1; with ``decay`` AdamW (Loshchilov and Hutter 2019, algorithm 2).

    Args:
        parameters: what it moves.
        rate: the learning rate.
        decay: the share of a weight, times the rate, that each step takes away.
    """

    def __init__(self, parameters: Sequence[nn.Parameter], rate: float, decay: float = 0.0) -> None:
        super().__init__(parameters, rate)
        self.decay = decay

    @override
    def move(self, parameter: nn.Parameter, grad: Tensor, state: dict[str, Tensor]) -> None:
        step = _next(state, parameter)
        if self.decay:
            parameter.mul_(1 - self.rate * self.decay)
        average, squares = state["exp_avg"], state["exp_avg_sq"]
        average.lerp_(grad, 1 - EARLY)
        squares.mul_(LATE).addcmul_(grad, grad, value=1 - LATE)
        size = squares.sqrt().div_(math.sqrt(1 - LATE**step)).add_(TINY)
        parameter.addcdiv_(average, size, value=-self.rate / (1 - EARLY**step))


class SparseAdam(Optimiser):
    """Adam on the rows that a sparse gradient has: the others stay, their averages too."""

    @override
    def move(self, parameter: nn.Parameter, grad: Tensor, state: dict[str, Tensor]) -> None:
        grad, step = grad.coalesce(), _next(state, parameter)
        rows, values = grad.indices()[0], grad.values()
        average = state["exp_avg"][rows].lerp_(values, 1 - EARLY)
        squares = state["exp_avg_sq"][rows].mul_(LATE).addcmul_(values, values, value=1 - LATE)
        state["exp_avg"][rows], state["exp_avg_sq"][rows] = average, squares
        rate = self.rate * math.sqrt(1 - LATE**step) / (1 - EARLY**step)
        parameter.index_add_(0, rows, average.div_(squares.sqrt_().add_(TINY)), alpha=-rate)


def _next(state: dict[str, Tensor], parameter: nn.Parameter) -> int:
    """The number of Adam's next step; before the first one the averages are 0."""
    if not state:
        state |= {
            "step": torch.zeros(()),
            "exp_avg": torch.zeros_like(parameter),
            "exp_avg_sq": torch.zeros_like(parameter),
        }
    state["step"] += 1
    return int(state["step"])
