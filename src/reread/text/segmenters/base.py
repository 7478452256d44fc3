"""What every segmenter promises."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from reread.kernel.text import KernelSegmenter
from reread.typing import override

Span = tuple[int, int]
"""Start and end of a token, in characters of the text."""


class Segmenter(ABC):
    """Cuts a text into tokens, in reading order, the same ones every time.

    Attributes:
        features: how many vocabularies a token is looked up in.
        kernel: which of the compiled kernel's segmenters cuts the same; None: none does.
    """

    features: ClassVar[int] = 1
    kernel: KernelSegmenter | None = None

    @abstractmethod
    def tokens(self, text: str) -> list[str]:
        """The tokens of a text. None is empty; the text of one need not equal the characters it stands on."""

    @abstractmethod
    def spans(self, text: str) -> list[Span]:
        """Where each of ``tokens(text)`` stands: not empty, none overlapping the next."""

    def features_of(self, tokens: list[str]) -> tuple[list[str], ...]:
        """For each feature, one string a token."""
        return (tokens,)

    def options(self) -> dict[str, Any]:
        """What to pass to build this segmenter again; fit for JSON."""
        return {}

    def for_normalised(self, normalise: Callable[[str], str]) -> Segmenter:
        """This segmenter for texts that are normalised first: one with word lists of its own normalises them too."""
        del normalise
        return self

    @override
    def __reduce__(self) -> tuple[Callable[[], Segmenter], tuple[()]]:
        return partial(type(self), **self.options()), ()  # a word list may live in another library's memory


class PatternSegmenter(Segmenter):
    """Tokens are the matches of one regular expression without groups."""

    pattern: re.Pattern[str]

    @override
    def tokens(self, text: str) -> list[str]:
        return self.pattern.findall(text)

    @override
    def spans(self, text: str) -> list[Span]:
        return [match.span() for match in self.pattern.finditer(text)]
