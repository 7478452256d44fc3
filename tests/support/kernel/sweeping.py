"""A layer, what it reads, and all that comes of it: by the compiled sweeps and by torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from reread.kernel import available, load
from reread.kernel.sweeps import Sweeps
from reread.nn.layers import RecurrentLayer
from reread.nn.recurrences import Recurrence
from reread.nn.recurrences.lstm import LSTM
from reread.nn.token_vectors import TokenVectors

SWEEPS = [
    (level, number) for level in available() for number in ("float32", "bfloat16") if number in load(level).numbers
]
TOLERANCE = {"float32": 5e-6, "bfloat16": 8e-2}
RAGGED = [9, 3, 7, 1, 9, 2, 5, 8]


@dataclass
class Case:
    """A layer and what it reads."""

    layer: RecurrentLayer
    words: TokenVectors
    lengths: Tensor
    states: Tensor
    upstream: tuple[Tensor, Tensor]


def case(
    seed: int, hidden: int, lengths: list[int], *, dim: int = 3, dropout: float = 0.0, both: bool = True, kind: type[Recurrence] = LSTM
) -> Case:  # fmt: skip
    torch.manual_seed(seed)
    directions = [kind(dim, hidden, recurrent_dropout=dropout) for _ in range(1 + both)]
    layer = RecurrentLayer(*directions, *[None] * (1 - both))
    for parameter in layer.parameters():
        nn.init.normal_(parameter, std=0.5)
    batch, time = len(lengths), max(lengths)
    words = TokenVectors(torch.randn(5, dim), torch.randint(5, (batch, time)))
    states = torch.randn(1 + both, batch, directions[0].state_dim)
    upstream = torch.randn(batch, time, layer.out_dim), torch.randn(states.shape)
    return Case(layer, words, torch.tensor(lengths), states, upstream)


def real(values: Tensor, lengths: Tensor) -> Tensor:
    return values * (torch.arange(values.shape[1]) < lengths[:, None])[..., None].to(values)


def swept(found: Case, kernel: Sweeps | None, dtype: torch.dtype = torch.float32) -> list[Tensor]:
    """Outputs, and the gradients of all that has one; the last states only where no text is padded."""
    layer = found.layer.to(dtype)
    layer.kernel = kernel
    layer.zero_grad()
    vectors, states = (tensor.clone().to(dtype).requires_grad_() for tensor in (found.words.vectors, found.states))
    torch.manual_seed(0)
    outputs, after = layer(TokenVectors(vectors, found.words.index), found.lengths, states)
    outputs = real(outputs, found.lengths)
    loss = (outputs * found.upstream[0].to(dtype)).sum()
    whole = bool((found.lengths == found.lengths.max()).all())
    if whole:
        loss = loss + (after * found.upstream[1].to(dtype)).sum()
    loss.backward()
    grads = [tensor.grad for tensor in (vectors, states, *layer.parameters())]
    return [tensor.detach() for tensor in (outputs, *[after] * whole, *grads) if tensor is not None]


def distances(ours: list[Tensor], theirs: list[Tensor]) -> list[float]:
    return [float((a - b).abs().max() / b.abs().max().clamp(min=1)) for a, b in zip(ours, theirs, strict=True)]


def with_strange_padding(found: Case, kernel: Sweeps) -> list[Tensor]:
    """What `swept` finds where the padding holds a word of its own, far from the others; without that word's gradient."""
    vectors, index = found.words.vectors, found.words.index
    strange = torch.cat([vectors, torch.full((1, vectors.shape[1]), 1e3)])
    padding = torch.arange(index.shape[1]) >= found.lengths[:, None]
    results = swept(replace(found, words=TokenVectors(strange, torch.where(padding, len(vectors), index))), kernel)
    results[1] = results[1][:-1]
    return results


def same_with_threads(threads: Iterable[int], run: Callable[[], list[Tensor]]) -> bool:
    """Whether a run has the same results to the bit with each number of threads."""
    before, results = torch.get_num_threads(), []
    try:
        for number in threads:
            torch.set_num_threads(number)
            results.append(run())
    finally:
        torch.set_num_threads(before)
    return all(torch.equal(a, b) for other in results[1:] for a, b in zip(results[0], other, strict=True))
