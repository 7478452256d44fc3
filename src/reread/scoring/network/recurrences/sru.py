"""The simple recurrent unit: Lei et al. 2018; see `reread.nn.recurrences.sru`."""

from __future__ import annotations

from reread.scoring.network.dense import sigmoid
from reread.scoring.network.recurrences import directions
from reread.scoring.network.recurrences.base import Floats
from reread.scoring.network.recurrences.light import LightDirection
from reread.typing import override


@directions.register("sru")
class SRU(LightDirection):
    """f = σ(W_f x + b_f), r = σ(W_r x + b_r); c_t = f c_{t-1} + (1 - f) W x; h = r c_t + (1 - r) W_h x."""

    gates, others, shown = 2, 2, True

    @override
    def gated(self, *sums: Floats) -> tuple[Floats, ...]:
        forget, reset, candidate, beside = sums
        return sigmoid(forget), sigmoid(-forget) * candidate, sigmoid(reset), sigmoid(-reset) * beside
