"""The LSTM: docs/sources.md, S1, equations 4-9."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reread.kernel.lstm import Layout
from reread.kernel.packed_batch import BiasRows, PackedBatch
from reread.scoring.network.dense import fill
from reread.scoring.network.recurrences import Direction, directions
from reread.scoring.network.recurrences.base import Floats, Kept
from reread.scoring.network.tables import Part
from reread.scoring.network.tensors import Tensors
from reread.typing import override


@directions.register("lstm")
class LSTM(Direction):
    """The time loop in C; the state is the output and the cell, side by side."""

    @override
    def prepare(self, tensors: Tensors) -> None:
        order, gates = Layout.of(self.reader.library, self.hidden).order, 4 * self.hidden
        self.state_dim = 2 * self.hidden
        bias = tensors.take("cell.bias_ih_l0", gates) + tensors.take("cell.bias_hh_l0", gates)
        weight = tensors.take("cell.weight_ih_l0", gates, self.in_dim)
        self.part = Part(_in_order(weight, order), _in_order(bias[:, None], order)[:, 0])
        recurrent = _in_order(tensors.take("cell.weight_hh_l0", gates, self.hidden), order)
        self._recurrent = self.reader.pack(fill(recurrent, len(recurrent), self.filled))

    @override
    def read(self, packed: PackedBatch, bias_rows: BiasRows, state: Floats, *, reverse: bool, kept: Kept) -> Floats:
        fresh, cells = (
            fill(half, len(state), self.filled) for half in (state[:, : self.hidden], state[:, self.hidden :])
        )
        self.reader.read(
            packed,
            bias_rows,
            self._recurrent,
            fresh,
            cells,
            reverse=reverse,
            outputs=kept.outputs,
            direction=kept.direction,
            largest=kept.largest,
            total=kept.total,
        )
        if kept.ends is not None:
            kept.ends[:] = fresh
        return np.concatenate([fresh[:, : self.hidden], cells[:, : self.hidden]], axis=1)


def _in_order(rows: Floats, order: NDArray[np.int64]) -> Floats:
    """Rows in the kernel's order, padded with zeros."""
    return np.where((order >= 0)[:, None], rows[order], np.float32(0))
