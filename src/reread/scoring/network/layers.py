"""A recurrent layer, and what stands between its states and the pooling."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from reread.kernel.reading import Passage, Reader, Rows
from reread.scoring.network.dense import ACTIVATIONS, Dense, DenseLayers
from reread.scoring.network.reading import Floats
from reread.scoring.network.recurrences import Direction
from reread.scoring.network.recurrences.base import Kept
from reread.scoring.network.tables import Part


class Inputs:
    """Products with the states of a layer, for what comes after it.

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
        self._bias = Rows(part.bias[None])

    def products(self, passage: Passage, states: Rows, table: Rows | None = None) -> Floats:
        """The products of every position, (rows, columns); ``table`` says what each word adds, else the bias."""
        products = np.empty((len(states.values), len(self._part.bias)), np.float32)
        self._reader.project(
            passage, states, self._weights, table or self._bias, by_word=table is not None, products=products
        )
        return products if self._part.finish is None else self._part.finish(products)

    def largest(self, passage: Passage, states: Rows, table: Rows | None = None) -> Floats:
        """The largest products of each text, (texts, columns)."""
        largest = np.full((len(passage.lengths), len(self._part.bias)), -np.inf, np.float32)
        self._reader.project(
            passage, states, self._weights, table or self._bias, by_word=table is not None, largest=largest
        )
        return largest


class Layer:
    """One direction, or two.

    Args:
        reader: what reads.
        directions: the one that reads ahead, and in a two-way layer the one that reads back.
        inputs: from the states of the layer before to each direction's sums; none where words are read.
    """

    def __init__(self, reader: Reader, directions: Sequence[Direction], inputs: Sequence[Inputs] = ()) -> None:
        self._reader, self.directions, self.inputs = reader, directions, inputs
        self._filled = directions[0].filled

    def read(self, passage: Passage, tables: Sequence[Rows], states: Floats) -> tuple[Floats, Rows]:
        """Read texts from states (directions, texts, state_dim); the states after and those of all positions.

        Args:
            passage: the texts.
            tables: for each direction what words add to its sums.
            states: where reading starts.
        """
        outputs = self._reader.outputs(len(passage.words), self._filled, len(self.directions))
        kept = [Kept(outputs=outputs, direction=k) for k in range(len(self.directions))]
        return self._sweep(passage, tables, states, kept), outputs

    def read_pooled(
        self, passage: Passage, tables: Sequence[Rows], states: Floats, wants: Container[str]
    ) -> tuple[Floats, dict[str, Floats]]:
        """The same; but of all states only what is wanted of them: largest, total, (texts, directions x hidden) each."""
        shape = (len(passage.lengths), self._filled)
        kept = [
            Kept(
                np.full(shape, -np.inf, np.float32) if "largest" in wants else None,
                np.zeros(shape, np.float32) if "total" in wants else None,
            )
            for _ in self.directions
        ]
        leaving = self._sweep(passage, tables, states, kept)
        found: dict[str, Iterable[Floats | None]] = {
            "largest": [each.largest for each in kept],
            "total": [each.total for each in kept],
            "ends": leaving,
        }
        return leaving, {name: self._side_by_side(each) for name, each in found.items() if name in wants}

    def _sweep(self, passage: Passage, tables: Sequence[Rows], states: Floats, kept: Sequence[Kept]) -> Floats:
        each = zip(self.directions, tables, states, kept, strict=True)
        return np.stack(
            [
                direction.read(passage, table, state, reverse=k == 1, kept=room)
                for k, (direction, table, state, room) in enumerate(each)
            ]
        )

    def _side_by_side(self, each: Iterable[Floats | None]) -> Floats:
        hidden = self.directions[0].hidden
        return np.concatenate([values[:, :hidden] for values in each if values is not None], axis=1)

    def states(self, outputs: Rows) -> Floats:
        """The states of all positions as floats, without the units that fill up, (rows, directions x hidden)."""
        hidden, values = self.directions[0].hidden, outputs.floats()
        if hidden == self._filled:
            return values
        return values.reshape(len(values), -1, self._filled)[:, :, :hidden].reshape(len(values), -1)


def by_position(passage: Passage, tables: Sequence[Floats]) -> tuple[Passage, list[Rows]]:
    """The same texts, whose every token has a row of its own."""
    words: NDArray[np.int32] = np.arange(len(tables[0]), dtype=np.int32)[:, None]
    return Passage(passage.lengths, passage.starts, words), [Rows(table) for table in tables]


class Latent:
    """The dense layers that every position passes before pooling: docs/sources.md, S1, equation 14.

    Args:
        first: from the states to the first layer's sums, to which words may add.
        columns: units of that layer, without those that fill up.
        activation: of every layer.
        rest: the other layers.
    """

    def __init__(self, first: Inputs, columns: int, activation: str, rest: Sequence[Dense]) -> None:
        self._first, self._columns, self._activation = first, columns, ACTIVATIONS[activation]
        self._rest = DenseLayers(rest, activation)
        self.rises = not rest  # the largest sum is also the largest after the activation

    def everywhere(self, passage: Passage, states: Rows, table: Rows | None) -> Floats:
        """The last layer's outputs at all positions, (rows, dim)."""
        sums = self._first.products(passage, states, table)[:, : self._columns]
        return self._rest(self._activation(sums))

    def largest(self, passage: Passage, states: Rows, table: Rows | None) -> Floats:
        """The largest outputs of each text, (texts, dim), where there is one layer."""
        return self._activation(self._first.largest(passage, states, table)[:, : self._columns])
