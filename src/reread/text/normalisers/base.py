"""The interface of normalisers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Literal


class Normaliser(ABC):
    """Replaces characters in place: character i of the result replaces character i of the text.

    Attributes:
        kernel: how the compiled kernel does the same: "map" if a replacement depends on its character alone;
            "html_breaks" by a special loop; None: not at all.
        unless: characters that "map" cannot handle; texts with one of them are left to Python.
    """

    kernel: ClassVar[Literal["map", "html_breaks"] | None] = None
    unless: ClassVar[str] = ""

    @abstractmethod
    def __call__(self, text: str) -> str:
        """The text with some characters replaced; its length is unchanged."""
