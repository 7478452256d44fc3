"""A text's vector → its scores; also the layers that every position passes separately."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn

from reread.errors import ConfigError, ExportError
from reread.nn.graph import Graph, Value
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

OPERATORS: Mapping[type[nn.Module], tuple[str, Mapping[str, Any]]] = {
    nn.ReLU: ("Relu", {}),
    nn.Tanh: ("Tanh", {}),
    nn.GELU: ("Gelu", {}),
    nn.ELU: ("Elu", {}),
    nn.LeakyReLU: ("LeakyRelu", {"alpha": nn.LeakyReLU().negative_slope}),
    nn.Sigmoid: ("Sigmoid", {}),
    nn.Identity: ("Identity", {}),
    nn.Dropout: ("Identity", {}),
}
"""The ONNX operators of layers without weights."""

RISING = (nn.ReLU, nn.Tanh, nn.ELU, nn.LeakyReLU, nn.Sigmoid, nn.Identity)
"""Monotonic activations."""


def dense_layers(in_dim: int, sizes: Sequence[int], activation: str, dropout: float = 0.0) -> tuple[nn.Sequential, int]:
    """Dense layers of the given sizes, each with its activation and dropout, and the size of the last one.

    Raises:
        ConfigError: an activation is unknown, or a layer has no units.
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


def export_layers(graph: Graph, layers: nn.Module, values: Value) -> Value:
    """Add the operators of layers on values (..., in_dim), outside training.

    Raises:
        ExportError: a layer is of a kind that `OPERATORS` lacks.
    """
    if isinstance(layers, nn.Sequential):
        for layer in layers:
            values = export_layers(graph, layer, values)
        return values
    if isinstance(layers, nn.Linear):
        return graph.linear(values, layers.weight, layers.bias)
    if type(layers) not in OPERATORS:
        raise ExportError(
            f"a layer {type(layers).__name__} cannot be written as ONNX: it is not among reread.nn.heads.OPERATORS"
        )
    operator, attributes = OPERATORS[type(layers)]
    return graph.add(operator, values, **attributes)


def rising_layer(layers: nn.Sequential) -> tuple[nn.Linear, nn.Module] | None:
    """The single linear layer and monotonic activation of ``layers``; None if there are more, or others."""
    if len(layers) != 3 or not isinstance(layers[1], RISING):
        return None
    linear, activation, dropout = layers
    if not isinstance(linear, nn.Linear) or not isinstance(dropout, nn.Dropout) or (dropout.training and dropout.p > 0):
        return None
    return linear, activation


def last_layer(head: Head) -> tuple[nn.Linear, int]:
    """The layer that gives the scores, and its place in the head, which its weights' names have."""
    return cast("nn.Linear", head[-1]), len(head) - 1


class Head(nn.Sequential):
    """Dense layers, then one linear layer to the scores: (batch, in_dim) to (batch, out_dim); equations 10, 16."""

    def __init__(self, in_dim: int, out_dim: int, sizes: Sequence[int], activation: str, dropout: float) -> None:
        layers, width = dense_layers(in_dim, sizes, activation, dropout)
        super().__init__(nn.Dropout(dropout), layers, nn.Linear(width, out_dim))
        self.out_dim = out_dim

    def start_at(self, scores: Tensor) -> None:
        """Make these the scores (out_dim,) of an input of zeros: sets the bias of the last layer."""
        with torch.no_grad():
            cast("nn.Linear", self[-1]).bias.copy_(scores)

    def start_at_zero(self) -> None:
        """Make 0 the scores of every input: sets the last layer."""
        with torch.no_grad():
            cast("nn.Linear", self[-1]).weight.zero_()
            cast("nn.Linear", self[-1]).bias.zero_()
