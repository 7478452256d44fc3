"""Random weights."""

from __future__ import annotations

from reread.nn.model import TextNet
from reread.train.start import Start, starts
from reread.typing import override


@starts.register("random")
class Random(Start):
    """The random weights that each part of the network was built with."""

    @override
    def begin(self, net: TextNet) -> None:
        del net
