"""A text's vector → its scores; also the layer that every position passes on its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import torch
from torch import Tensor, nn

from reread.errors import ConfigError
from reread.registry import unknown_name

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "gelu": nn.GELU,
    "elu": nn.ELU,
    "leaky_relu": nn.LeakyReLU,
    "sigmoid": nn.Sigmoid,
    "linear": nn.Identity,
}

RISING = (nn.ReLU, nn.Tanh, nn.ELU, nn.LeakyReLU, nn.Sigmoid, nn.Identity)
"""Activations of which a larger number never makes a smaller one."""


def dense_layers(in_dim: int, sizes: Sequence[int], activation: str, dropout: float = 0.0) -> tuple[nn.Sequential, int]:
    """Dense layers of the given sizes, each with its activation and dropout, and the size of the last one.

    Raises:
        ConfigError: an unknown activation or a layer without units.
    """
    if activation not in ACTIVATIONS:
        raise unknown_name("activation", activation, sorted(ACTIVATIONS))
    layers = nn.Sequential()
    for size in sizes:
        if size < 1:
            raise ConfigError(f"a dense layer has {size} units; at least 1 is needed")
        layers.extend([nn.Linear(in_dim, size), ACTIVATIONS[activation](), nn.Dropout(dropout)])
        in_dim = size
    return layers, in_dim


def rising_layer(layers: nn.Sequential) -> tuple[nn.Linear, nn.Module] | None:
    """The one linear layer and its rising activation that ``layers`` are; None where they are more, or other ones."""
    if len(layers) != 3 or not isinstance(layers[1], RISING):
        return None
    linear, activation, dropout = layers
    if not isinstance(linear, nn.Linear) or not isinstance(dropout, nn.Dropout) or (dropout.training and dropout.p > 0):
        return None
    return linear, activation


class Head(nn.Sequential):
    """Dense layers, then one linear layer to the scores: (batch, in_dim) to (batch, out_dim); equations 10, 16."""

    def __init__(self, in_dim: int, out_dim: int, sizes: Sequence[int], activation: str, dropout: float) -> None:
        layers, width = dense_layers(in_dim, sizes, activation, dropout)
        super().__init__(nn.Dropout(dropout), layers, nn.Linear(width, out_dim))

    def start_at(self, scores: Tensor) -> None:
        """Make these scores (out_dim,) those of an input of zeros: the bias of the last layer."""
        with torch.no_grad():
            cast("nn.Linear", self[-1]).bias.copy_(scores)
