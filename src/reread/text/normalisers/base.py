"""What every normaliser promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Literal


class Normaliser(ABC):
    """Replaces characters in place: character i of the result stands where character i of the text stood.

    Attributes:
        kernel: how the compiled kernel does the same: "map", where what replaces a character depends on that character alone;
            "html_breaks", in a loop of its own; None where it cannot.
        unless: characters of which "map" does not hold; texts with one of them are left to Python.
    """

    kernel: ClassVar[Literal["map", "html_breaks"] | None] = None
    unless: ClassVar[str] = ""

    @abstractmethod
    def __call__(self, text: str) -> str:
        """The text with some characters replaced; its length is unchanged."""
