"""Gradient checkpointing: a call that keeps only its inputs and is recomputed in the backward pass (Chen et al. 2016).

`torch.utils.checkpoint` would load torch's compiler on its first call.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from reread.typing import override


def recomputed(net: nn.Module, fixed: tuple[Tensor, ...], *entering: Tensor | None) -> tuple[Tensor, ...]:
    """The result of ``net(*fixed, *entering)``, recomputed in the backward pass with the same random numbers.

    Args:
        net: a network that returns several tensors.
        fixed: arguments without gradients.
        entering: arguments with gradients.
    """
    weights = [weight for weight in net.parameters() if weight.requires_grad]
    arguments = (net, fixed, len(entering), *entering, *weights)
    outputs: tuple[Tensor, ...] = _Recomputed.apply(*arguments)  # type: ignore[no-untyped-call]
    return outputs


class _Recomputed(torch.autograd.Function):
    @staticmethod
    @override
    def forward(
        ctx: Any, net: nn.Module, fixed: tuple[Tensor, ...], count: int, *tensors: Tensor | None
    ) -> tuple[Tensor, ...]:
        ctx.set_materialize_grads(False)
        ctx.net, ctx.fixed, ctx.count, ctx.random = net, fixed, count, _random_states(fixed[0].device)
        ctx.save_for_backward(*tensors[:count])
        outputs: tuple[Tensor, ...] = net(*fixed, *tensors[:count])
        return outputs

    @staticmethod
    @override
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
        needed = ctx.needs_input_grad[3:]
        entering = [
            None if each is None else each.detach().requires_grad_(need)
            for each, need in zip(ctx.saved_tensors, needed, strict=False)
        ]
        with torch.enable_grad(), _drawing(ctx.random, ctx.fixed[0].device):
            outputs = ctx.net(*ctx.fixed, *entering)
            # Its gradient by each output is the given one; passing those to torch.autograd.grad loads torch's compiler.
            total = sum((output * grad).sum() for output, grad in zip(outputs, grads, strict=True) if grad is not None)
        inputs = [each for each in (*entering, *ctx.net.parameters()) if each is not None and each.requires_grad]
        gradients = iter(torch.autograd.grad(total, inputs, allow_unused=True))
        return None, None, None, *(next(gradients) if need else None for need in needed)


def _random_states(device: torch.device) -> list[Tensor]:
    return [torch.get_rng_state(), *([torch.cuda.get_rng_state(device)] if device.type == "cuda" else [])]


@contextmanager
def _drawing(states: list[Tensor], device: torch.device) -> Iterator[None]:
    """Draw random numbers from these states; restores the current ones afterwards."""
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.set_rng_state(states[0])
        for state in states[1:]:
            torch.cuda.set_rng_state(state, device)
        yield
