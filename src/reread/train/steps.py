"""The update steps of optimisers.

torch has the same ones, but creating the first of them loads torch's compiler, which takes longer than a small
training run.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from reread.typing import override

EARLY, LATE = 0.9, 0.999  # decay of Adam's averages of gradients and of their squares
TINY = 1e-8  # added to Adam's divisor


class Optimiser(ABC):
    """Updates parameters by their gradients; those without a gradient stay the same.

    Args:
        parameters: to update.
        rate: the learning rate.

    Attributes:
        base_rate: the rate that a schedule multiplies.
        rate: the rate of the next step.
        state: each parameter's state between steps, by name; empty before its first step.
        averages: how many tensors of a parameter's size its state holds after its first step.
    """

    averages = 0

    def __init__(self, parameters: Sequence[nn.Parameter], rate: float) -> None:
        self.parameters, self.base_rate, self.rate = list(parameters), rate, rate
        self.state: list[dict[str, Tensor]] = [{} for _ in self.parameters]

    @torch.no_grad()
    def step(self) -> None:
        """Update every parameter that has a gradient."""
        for parameter, state in zip(self.parameters, self.state, strict=True):
            if parameter.grad is not None:
                self.move(parameter, parameter.grad, state)

    @abstractmethod
    def move(self, parameter: nn.Parameter, grad: Tensor, state: dict[str, Tensor]) -> None:
        """Update one parameter by its gradient, and its state."""


class SGD(Optimiser):
    """weight = weight - rate * gradient, dense or sparse."""

    @override
    def move(self, parameter: nn.Parameter, grad: Tensor, state: dict[str, Tensor]) -> None:
        parameter.add_(grad, alpha=-self.rate)


class Adam(Optimiser):
    """Kingma and Ba 2015, algorithm 1; with ``decay`` AdamW (Loshchilov and Hutter 2019, algorithm 2).

    Args:
        parameters: what it moves.
        rate: the learning rate.
        decay: the share of a weight, times the rate, that each step subtracts.
    """

    averages = 2

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
    """Adam on the rows of a sparse gradient; the others and their averages stay the same."""

    averages = 2

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
    """The number of Adam's next step; the averages are 0 before the first."""
    if not state:
        state |= {
            "step": torch.zeros(()),
            "exp_avg": torch.zeros_like(parameter),
            "exp_avg_sq": torch.zeros_like(parameter),
        }
    state["step"] += 1
    return int(state["step"])
