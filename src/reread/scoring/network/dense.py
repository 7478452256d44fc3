"""Dense layers; each row's products are bit-identical whatever the other rows are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reread.kernel.numbers import Rows
from reread.kernel.packed_batch import BiasRows, PackedBatch, Table
from reread.kernel.reading import Reader

Floats = NDArray[np.float32]


def _elu(values: Floats) -> Floats:
    return np.where(values > 0, values, np.expm1(np.minimum(values, 0)))


def _leaky_relu(values: Floats) -> Floats:
    return np.where(values > 0, values, np.float32(0.01) * values)


def sigmoid(values: Floats) -> Floats:
    """1 / (1 + e^-values)."""
    halved: Floats = np.tanh(np.float32(0.5) * values) * np.float32(0.5)
    return halved + np.float32(0.5)


ACTIVATIONS: Mapping[str, Callable[[Floats], Floats]] = {
    "relu": lambda values: np.maximum(values, 0),
    "tanh": np.tanh,
    "elu": _elu,
    "leaky_relu": _leaky_relu,
    "sigmoid": sigmoid,
    "linear": lambda values: values,
}
"""All of these are monotonic."""


class Dense:
    """One linear layer: (rows, in_dim) to (rows, out_dim).

    Args:
        reader: the kernel's reader.
        weight: (out_dim, in_dim).
        bias: (out_dim,); None: 0.
    """

    def __init__(self, reader: Reader, weight: Floats, bias: Floats | None = None) -> None:
        self._reader = reader
        self.out_dim, self._in_dim = weight.shape
        out_dim, in_dim = reader.filled(self.out_dim), reader.filled(self._in_dim)
        self._weights = reader.pack(fill(weight, out_dim, in_dim))
        self._bias = only_row(fill(np.zeros((1, 0), np.float32) if bias is None else bias[None], 1, out_dim))
        self._width = in_dim

    def __call__(self, values: Floats) -> Floats:
        """Map values (rows, in_dim) to (rows, out_dim)."""
        rows = self._reader.rows(fill(values, len(values), self._width))
        products = np.empty((len(values), self._bias.table.columns), np.float32)
        self._reader.project(one_text(len(values)), rows, self._weights, self._bias, products=products)
        return products[:, : self.out_dim]


class DenseLayers:
    """Linear layers, each with the same activation."""

    def __init__(self, layers: Sequence[Dense], activation: str) -> None:
        self._layers, self._activation = layers, ACTIVATIONS[activation]

    def __call__(self, values: Floats) -> Floats:
        """Map values (rows, in_dim) through all layers."""
        for layer in self._layers:
            values = self._activation(layer(values))
        return values


def fill(values: Floats, rows: int, columns: int) -> Floats:
    """A copy of the values, padded with zeros below and to the right."""
    filled = np.zeros((rows, columns), np.float32)
    filled[: len(values), : values.shape[1]] = values
    return filled


def only_row(values: Floats) -> BiasRows:
    """One row that is added everywhere: (1, columns)."""
    return BiasRows(Table(Rows(values)))


@lru_cache(maxsize=64)
def one_text(rows: int) -> PackedBatch:
    """This many rows as one text."""
    return PackedBatch(np.array([rows], np.int32), np.zeros(1, np.int64))
