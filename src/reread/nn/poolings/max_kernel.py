"""Max pooling by the compiled kernel, with gradients only at the argmax positions."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from reread.kernel import Library
from reread.kernel.max_pool import max_pool as max_pool_arrays
from reread.kernel.max_pool import max_pool_backward
from reread.nn.token_vectors import Reading
from reread.typing import override


def max_pool(library: Library, values: Tensor, lengths: Tensor) -> Tensor:
    """The largest value of each component over a text, (batch, dim).

    Args:
        library: the build that does it.
        values: (batch, time, dim).
        lengths: real positions of each text, (batch,).
    """
    largest: Tensor = _MaxPool.apply(library, values, lengths)  # type: ignore[no-untyped-call]  # torch types it so
    return largest


def max_pool_products(library: Library, reading: Reading, weight: Tensor, lengths: Tensor) -> Tensor:
    """The largest product of each factor over a text, (batch, factors).

    A factor's gradient belongs to its argmax position, so the backward pass needs no products over all positions.

    Args:
        library: the build that does it.
        reading: the layers' outputs at each position.
        weight: (factors, dim of the reading).
        lengths: real positions of each text, (batch,).
    """
    words = reading.words
    vectors, index = (None, None) if words is None else words.distinct()
    arguments = (library, reading.outputs, vectors, index, weight, lengths)
    largest: Tensor = _MaxPoolProducts.apply(*arguments)  # type: ignore[no-untyped-call]
    return largest


def _argmax(library: Library, values: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """The largest values and their positions, (batch, dim) each."""
    largest, positions = max_pool_arrays(library, values.detach().numpy(), lengths.int().numpy())
    return torch.from_numpy(largest), torch.from_numpy(positions).long()


class _MaxPool(torch.autograd.Function):
    @staticmethod
    @override
    def forward(ctx: Any, library: Library, values: Tensor, lengths: Tensor) -> Tensor:
        largest, ctx.argmax = _argmax(library, values, lengths)
        ctx.shape = values.shape
        return largest

    @staticmethod
    @override
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[None, Tensor, None]:
        return None, torch.zeros(ctx.shape).scatter_(1, ctx.argmax.unsqueeze(1), grads[0].unsqueeze(1)), None


class _MaxPoolProducts(torch.autograd.Function):
    """Outputs (batch, time, dim) beside vectors (distinct, dim) at index (batch, time)."""

    @staticmethod
    @override
    def forward(
        ctx: Any,
        library: Library,
        outputs: Tensor,
        vectors: Tensor | None,
        index: Tensor | None,
        weight: Tensor,
        lengths: Tensor,
    ) -> Tensor:
        ctx.library, dim = library, outputs.shape[-1]
        outputs = outputs.contiguous()
        products = outputs @ weight[:, :dim].t()
        if vectors is not None:
            products += (vectors @ weight[:, dim:].t())[index]
        largest, argmax = _argmax(library, products, lengths)
        ctx.save_for_backward(outputs, vectors, index, weight, argmax)
        return largest

    @staticmethod
    @override
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        outputs, vectors, index, weight, argmax = ctx.saved_tensors
        batch, time, dim = outputs.shape
        rows = argmax + time * torch.arange(batch).unsqueeze(1)
        d_outputs, d_weight = _backward(ctx.library, grads[0], rows, outputs.flatten(0, 1), weight[:, :dim])
        if vectors is None:
            return None, d_outputs.view_as(outputs), None, None, d_weight, None
        words = index.flatten()[rows]
        d_vectors, d_beside = _backward(ctx.library, grads[0], words, vectors, weight[:, dim:])
        return None, d_outputs.view_as(outputs), d_vectors, None, torch.cat([d_weight, d_beside], dim=1), None


def _backward(
    library: Library, gradients: Tensor, rows: Tensor, values: Tensor, weights: Tensor
) -> tuple[Tensor, Tensor]:
    """Gradients of values (n, dim) and weights (factors, dim) from those of products (batch, factors) of ``rows``."""
    arrays = (each.detach().numpy() for each in (gradients.contiguous(), rows, values, weights))
    d_values, d_weights = map(torch.from_numpy, max_pool_backward(library, *arrays))
    return d_values, d_weights
