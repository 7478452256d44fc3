"""What every start promises."""

from __future__ import annotations

from abc import ABC, abstractmethod

from reread.nn.model import TextNet


class Start(ABC):
    """Gives a new network the weights that training starts from.

    Attributes:
        begins_head: whether scores have been learned before: their biases then stay as they are.
    """

    begins_head: bool = False

    @abstractmethod
    def begin(self, net: TextNet) -> None:
        """Change a network that was just built, on the CPU, in place."""
