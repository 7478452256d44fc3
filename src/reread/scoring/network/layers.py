"""A recurrent layer, and what is between its states and the pooling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from reread.kernel.numbers import Rows
from reread.kernel.packed_batch import BiasRows, PackedBatch
from reread.kernel.reading import Reader
from reread.scoring.network.dense import ACTIVATIONS, Dense, DenseLayers, only_row
from reread.scoring.network.reading import Floats
from reread.scoring.network.recurrences import Direction
from reread.scoring.network.recurrences.base import Kept
from reread.scoring.network.tables import Part

START = {"largest": -np.inf, "total": 0.0, "ends": 0.0}
"""What a pooling can request of states, and its value before the first state."""


class Inputs:
    """Products with the states of a layer, for the next layer.

    Args:
        reader: what multiplies.
        part: a linear function of the states of all directions, (columns, directions x hidden).
        directions: of the layer.
    """

    def __init__(self, reader: Reader, part: Part, directions: int) -> None:
        self._reader, self._part = reader, part
        columns, width = part.weight.shape
        hidden = width // directions
        filled = np.zeros((columns, directions, reader.filled(hidden)), np.float32)
        filled[:, :, :hidden] = part.weight.reshape(columns, directions, hidden)
        self._weights = reader.pack(filled.reshape(columns, -1), parts=directions)
        self._bias = only_row(part.bias[None])

    def products(self, packed: PackedBatch, states: Rows, words: BiasRows | None = None) -> Floats:
        """The products of every position, (rows, columns), plus the rows of ``words``, or else the bias."""
        products = np.empty((len(states.values), len(self._part.bias)), np.float32)
        self._reader.project(packed, states, self._weights, words or self._bias, products=products)
        return products if self._part.finish is None else self._part.finish(products)

    def largest(self, packed: PackedBatch, states: Rows, words: BiasRows | None = None) -> Floats:
        """The largest products of each text, (texts, columns)."""
        largest = np.full((len(packed.lengths), len(self._part.bias)), -np.inf, np.float32)
        self._reader.project(packed, states, self._weights, words or self._bias, largest=largest)
        return largest


class Layer:
    """One direction, or two.

    Args:
        reader: what reads.
        directions: the one that reads ahead, and in a two-way layer the one that reads back.
        inputs: from the states of the previous layer to each direction's sums; empty if words are read.
    """

    def __init__(self, reader: Reader, directions: Sequence[Direction], inputs: Sequence[Inputs] = ()) -> None:
        self._reader, self.directions, self.inputs = reader, directions, inputs
        self._filled = directions[0].filled

    def read(self, packed: PackedBatch, bias_rows: Sequence[BiasRows], states: Floats) -> tuple[Floats, Rows]:
        """Read texts from states (directions, texts, state_dim); returns the states after, and those of all positions.

        Args:
            packed: the texts.
            bias_rows: for each direction, the rows added to its sums.
            states: the initial states.
        """
        outputs = self._reader.outputs(packed.rows, self._filled, len(self.directions))
        kept = [Kept(outputs=outputs, direction=k) for k in range(len(self.directions))]
        return self._sweep(packed, bias_rows, states, kept), outputs

    def read_pooled(
        self, packed: PackedBatch, bias_rows: Sequence[BiasRows], states: Floats, wants: Iterable[str]
    ) -> tuple[Floats, dict[str, Floats]]:
        """The same, with pooled values instead of states: largest, total, ends, (texts, directions x hidden) each."""
        shape, hidden = (len(packed.lengths), self._filled), self.directions[0].hidden
        rooms = [{name: np.full(shape, START[name], np.float32) for name in wants} for _ in self.directions]
        kept = [Kept(room.get("largest"), room.get("total"), room.get("ends")) for room in rooms]
        leaving = self._sweep(packed, bias_rows, states, kept)
        return leaving, {name: np.concatenate([room[name][:, :hidden] for room in rooms], axis=1) for name in wants}

    def _sweep(
        self, packed: PackedBatch, bias_rows: Sequence[BiasRows], states: Floats, kept: Sequence[Kept]
    ) -> Floats:
        leaving = np.empty(states.shape, np.float32)
        each = zip(self.directions, bias_rows, states, kept, strict=True)
        for k, (direction, added, state, room) in enumerate(each):
            leaving[k] = direction.read(packed, added, state, reverse=k == 1, kept=room)
        return leaving

    def states(self, outputs: Rows) -> Floats:
        """The states of all positions as floats, without padding, (rows, directions x hidden)."""
        hidden, values = self.directions[0].hidden, outputs.floats()
        if hidden == self._filled:
            return values
        return values.reshape(len(values), -1, self._filled)[:, :, :hidden].reshape(len(values), -1)


class Latent:
    """The dense layers that every position passes before pooling: docs/sources.md, S1, equation 14.

    Args:
        first: from the states to the first layer's sums, to which words may add.
        columns: units of that layer, without padding.
        activation: of every layer.
        rest: the other layers.
    """

    def __init__(self, first: Inputs, columns: int, activation: str, rest: Sequence[Dense]) -> None:
        self._first, self._columns, self._activation = first, columns, ACTIVATIONS[activation]
        self._rest = DenseLayers(rest, activation)
        self.is_monotonic = not rest  # the largest sum is also the largest after the activation

    def everywhere(self, packed: PackedBatch, states: Rows, words: BiasRows | None) -> Floats:
        """The last layer's outputs at all positions, (rows, dim)."""
        sums = self._first.products(packed, states, words)[:, : self._columns]
        return self._rest(self._activation(sums))

    def largest(self, packed: PackedBatch, states: Rows, words: BiasRows | None) -> Floats:
        """The largest outputs of each text, (texts, dim), if there is one layer."""
        return self._activation(self._first.largest(packed, states, words)[:, : self._columns])
