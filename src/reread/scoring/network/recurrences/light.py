"""What light recurrences share: gates that read the word alone, and so are in the tables."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from reread.kernel.packed_batch import BiasRows, PackedBatch
from reread.scoring.network.dense import fill
from reread.scoring.network.recurrences.base import Direction, Floats, Kept
from reread.scoring.network.tables import Part
from reread.scoring.network.tensors import Tensors
from reread.typing import override


class LightDirection(Direction):
    """From step to step only elementwise work remains; the state is the cell.

    Attributes:
        gates: linear functions of a word that are gates and have biases; they come first.
        others: linear functions that are not gates.
        shown: whether the output differs from the cell.
    """

    gates: ClassVar[int]
    others: ClassVar[int]
    shown: ClassVar[bool]

    @override
    def prepare(self, tensors: Tensors) -> None:
        self.state_dim, functions = self.hidden, self.gates + self.others
        weight = tensors.take("weight", functions * self.hidden, self.in_dim).reshape(functions, self.hidden, -1)
        bias = tensors.take("bias", self.gates * self.hidden).reshape(self.gates, self.hidden)
        filled = np.zeros((functions, self.filled, self.in_dim), np.float32)
        filled[:, : self.hidden] = weight
        self.part = Part(
            filled.reshape(-1, self.in_dim),
            fill(bias, functions, self.filled).reshape(-1),
            finish=self._finish,
            finished=(4 if self.shown else 2) * self.filled,
        )

    @abstractmethod
    def gated(self, *sums: Floats) -> tuple[Floats, ...]:
        """Keep and add, and if shown show and rest, from the functions' sums, each (rows, units)."""

    def _finish(self, sums: Floats) -> Floats:
        return np.concatenate(self.gated(*np.split(sums, self.gates + self.others, axis=1)), axis=1)

    @override
    def read(self, packed: PackedBatch, bias_rows: BiasRows, state: Floats, *, reverse: bool, kept: Kept) -> Floats:
        cells = fill(state, len(state), self.filled)
        fresh = np.empty_like(cells) if kept.ends is None else kept.ends
        self.reader.read_light(
            packed,
            bias_rows,
            fresh,
            cells,
            shown=self.shown,
            reverse=reverse,
            outputs=kept.outputs,
            direction=kept.direction,
            largest=kept.largest,
            total=kept.total,
        )
        return cells[:, : self.hidden]
