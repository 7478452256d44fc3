"""What every normaliser promises."""

from __future__ import annotations

from abc import ABC, abstractmethod


class Normaliser(ABC):
    """Replaces characters in place: character i of the result stands where character i of the text stood."""

    @abstractmethod
    def __call__(self, text: str) -> str:
        """The text with some characters replaced; its length is unchanged."""
