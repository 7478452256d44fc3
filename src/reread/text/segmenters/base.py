"""The interface of segmenters."""

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
    """Splits a text into tokens in reading order, deterministically.

    Attributes:
        ngrams: tokens of the longest runs that are looked up beside the tokens, whatever the settings say; 1: none.
        whole_words: whether a word of letters is one token however it is spelt, in scripts with spaces between words.
        joint: what stands between the tokens of a run, so that no two runs are the same string.
        kernel: the equivalent segmenter of the compiled kernel; None: there is none.
    """

    ngrams: ClassVar[int] = 1
    whole_words: ClassVar[bool] = False
    joint: ClassVar[str] = " "
    kernel: KernelSegmenter | None = None

    @abstractmethod
    def tokens(self, text: str) -> list[str]:
        """The tokens of a text, none of them empty; a token may differ from the characters of its span."""

    @abstractmethod
    def spans(self, text: str) -> list[Span]:
        """The span of each of ``tokens(text)``: not empty, not overlapping."""

    def options(self) -> dict[str, Any]:
        """The options that build this segmenter again, as JSON-able values."""
        return {}

    def for_normalised(self, normalise: Callable[[str], str]) -> Segmenter:
        """This segmenter for normalised texts: if it has word lists, they are normalised too."""
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
