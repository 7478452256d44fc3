"""What every start promises."""

from __future__ import annotations

from abc import ABC, abstractmethod

from reread.nn.model import TextNet


class Start(ABC):
    """Gives a new network the weights that training starts from."""

    @abstractmethod
    def begin(self, net: TextNet) -> None:
        """Change a network that was just built, on the CPU, in place."""
