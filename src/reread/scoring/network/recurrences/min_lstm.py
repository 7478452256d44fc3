"""The minimal LSTM: Feng et al. 2024; see `reread.nn.recurrences.min_lstm`."""

from __future__ import annotations

import numpy as np

from reread.scoring.network.dense import sigmoid
from reread.scoring.network.recurrences import directions
from reread.scoring.network.recurrences.base import Floats
from reread.scoring.network.recurrences.light import LightDirection
from reread.typing import override


@directions.register("min_lstm")
class MinLSTM(LightDirection):
    """f = σ(W_f x + b_f), i = σ(W_i x + b_i); h_t = f / (f + i) h_{t-1} + i / (f + i) W x."""

    gates, others, shown = 2, 1, False

    @override
    def gated(self, *sums: Floats) -> tuple[Floats, ...]:
        forget, take, candidate = sums
        odds = np.logaddexp(0, -take) - np.logaddexp(0, -forget)  # log f - log i avoids 0 / 0 if both gates are closed
        return sigmoid(odds), sigmoid(-odds) * candidate
