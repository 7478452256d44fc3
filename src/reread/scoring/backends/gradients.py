"""Gradients of a text's scores with respect to its word vectors, by torch's automatic differentiation."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from reread.ids import UNKNOWN
from reread.nn.model import TextNet
from reread.scoring.backends.torch import TorchBackend, use_threads

Floats: TypeAlias = NDArray[np.float64]
TOKENS = 16_384  # words times steps per call: keeps the backward pass below 512 MiB


def integrated_gradients(backend: TorchBackend, ids: NDArray[np.int32], weights: Floats, steps: int) -> Floats:
    """What each position adds to weights · scores, relative to an equally long text of unknown words, (tokens,).

    Sundararajan et al. 2017, equation 3, its integral by Gauss-Legendre quadrature. The baseline is not zero vectors:
    networks were never trained on them, and on IMDB reviews the score of an LSTM jumped on that path without a
    gradient. Unknown words occur in training too, through word dropout.

    What the vector of an n-gram adds counts for each of its words in equal parts.

    Args:
        backend: the network.
        ids: of one text, (tokens, features).
        weights: of the scores, (scores,).
        steps: points of the quadrature.

    Raises:
        ModuleNotFoundError: captum is not installed.
    """
    from captum.attr import IntegratedGradients  # noqa: PLC0415  # an extra of its own: the other gradients do without

    net = backend.net.eval()
    vectors, unknown = (_vectors(net, each) for each in (ids, np.full_like(ids, UNKNOWN)))
    direction = torch.from_numpy(weights).to(vectors)
    net.requires_grad_(requires_grad=False)
    method = IntegratedGradients(lambda moved: net.read_vectors(moved) @ direction)
    with use_threads(backend.threads):
        attributions: Tensor = method.attribute(
            vectors, unknown, n_steps=steps, internal_batch_size=max(1, TOKENS // len(ids))
        )
    return by_word(attributions[0].unflatten(1, (ids.shape[1], -1)).sum(dim=2).double().numpy())


def by_word(added: Floats) -> Floats:
    """What n-grams add, (tokens, features) by where they begin, in equal parts to their words, (tokens,)."""
    tokens, words = len(added), np.zeros(len(added))
    left = tokens - np.arange(tokens)  # at the text's end, n-grams are shorter
    for length, column in enumerate(added.T, start=1):
        share = column / np.minimum(length, left)
        for later in range(min(length, tokens)):
            words[later:] += share[: tokens - later]
    return words


def gradient_sizes(backend: TorchBackend, ids: NDArray[np.int32], weights: Floats) -> Floats:
    """The Euclidean length of the gradient of weights · scores at each position, (tokens,).

    Args:
        backend: the network.
        ids: of one text, (tokens, features).
        weights: of the scores, (scores,).
    """
    net = backend.net.eval()
    vectors = _vectors(net, ids).requires_grad_()
    with use_threads(backend.threads):
        value = net.read_vectors(vectors)[0] @ torch.from_numpy(weights).to(vectors)
        (gradient,) = torch.autograd.grad(value, vectors)
    sizes: Floats = gradient[0].norm(dim=1).double().numpy()
    return sizes


def _vectors(net: TextNet, ids: NDArray[np.int32]) -> Tensor:
    """The vectors at the positions of one text, (1, tokens, dim)."""
    with torch.no_grad():
        vectors: Tensor = net.embedding(torch.from_numpy(ids[None]).long()).spread()
    return vectors
