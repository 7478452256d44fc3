"""Chinese words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any

from reread.errors import ConfigError
from reread.text.scripts import HAN, LETTER, OTHER, WORD, han_run, is_han
from reread.text.segmenters import Segmenter, Span, segmenters
from reread.typing import override

Entry = tuple[str, int | None]
"""A word of the user's dictionary and its frequency; without one, jieba chooses a frequency that makes it a word."""


@segmenters.register("chinese")
class Chinese(Segmenter):
    """Chinese words (jieba), and words and numbers of other scripts as `words` has them.

    Args:
        dictionary: words of one's own, or pairs of word and frequency. One that is not all Han (卡拉OK, C++) comes out whole wherever it stands.
        punctuation: whether each punctuation mark, symbol and emoji is a token too.

    Raises:
        ConfigError: an entry that is neither a word nor a word with a frequency.
    """

    def __init__(self, *, dictionary: Sequence[Any] = (), punctuation: bool = False) -> None:
        self.dictionary = tuple(_entry(item) for item in dictionary)
        self.punctuation = punctuation
        self._chunk = _chunks(tuple(word for word, _ in self.dictionary if not han_run.fullmatch(word)), punctuation)

    @override
    def tokens(self, text: str) -> list[str]:
        tokens: list[str] = []
        for chunk in self._chunk.findall(text):
            if is_han(chunk[0]):
                tokens += self._cut(chunk)
            else:
                tokens.append(chunk)
        return tokens
