"""What every start promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection

from reread.nn.model import TextNet

MUCH_READ = 1_000_000  # tokens


def has_read_much(tokens: int) -> bool:
    """Whether what has learned from so many tokens knows enough to learn more slowly from then on."""
    return tokens >= MUCH_READ


class Start(ABC):
    """Gives a new network the weights that training starts from.

    Attributes:
        begins_head: whether scores have been learned before: their biases then stay as they are.
        parts: of the network, below its head, whose weights were learned before.
        pretrained: those of them that have learned much from texts without labels, whatever the labels may be.
    """

    begins_head: bool = False
    parts: Collection[str] = ()
    pretrained: Collection[str] = ()

    @abstractmethod
    def begin(self, net: TextNet) -> None:
        """Change a network that was just built, on the CPU, in place."""
