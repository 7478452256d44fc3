"""Sub-words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from reread.errors import ConfigError
from reread.text.segmenters import Segmenter, Span, segmenters
from reread.text.subword_tokenizer import subword_tokenizer, unknown_token
from reread.typing import override

WORD_START = "▁"  # SentencePiece's mark of a space
COMMON = 24  # characters of a word that is worth remembering
REMEMBERED = 1 << 16  # words

_chunk = re.compile(r"\S+")
_surrogate = re.compile("[\ud800-\udfff]")

Piece = tuple[str, int, int]
"""A token, and its start and end in the word."""


@segmenters.register("subwords")
class Subwords(Segmenter):
    """The tokens of a pre-trained encoder's own tokenizer, word by word: what is between white space.

    The bytes of a character that is not in the tokenizer's vocabulary are one token. A piece that it does not know, or
    that it would drop, is a token of the characters that stand there.

    Args:
        tokenizer: the content of the encoder's tokenizer.json, as the library ``tokenizers`` writes it.

    Raises:
        ConfigError: the tokenizer is missing, or describes none.
        MissingExtraError: the library is not installed.
    """

    def __init__(self, *, tokenizer: str = "") -> None:
        if not isinstance(tokenizer, str) or not tokenizer.strip():
            raise ConfigError(
                "segmenter subwords: option tokenizer is empty; expected the content of a tokenizer.json, which "
                "vectors from the folder of a static encoder bring along"
            )
        self.tokenizer = tokenizer
        self._encode, self._unknown = subword_tokenizer(tokenizer).encode, unknown_token(tokenizer)
        # Where the tokens of a word depend on a space before it, every word is read as one after a space.
        self._before = " " if self._marks_spaces() else ""
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._cut)

    @override
    def tokens(self, text: str) -> list[str]:
        return [token for token, _, _ in self._pieces(text)]

    @override
    def spans(self, text: str) -> list[Span]:
        return [(start, end) for _, start, end in self._pieces(text)]

    @override
    def options(self) -> dict[str, Any]:
        return {"tokenizer": self.tokenizer}

    def _pieces(self, text: str) -> Iterator[Piece]:
        for word in _chunk.finditer(_surrogate.sub("\ufffd", text)):
            cut = self._remembered if word.end() - word.start() <= COMMON else self._cut
            for token, start, end in cut(word[0]):
                yield token, word.start() + start, word.start() + end

    def _cut(self, word: str) -> tuple[Piece, ...]:
        """The pieces of a word, in order and not overlapping; they cover its letters and digits."""
        pieces: list[Piece] = []
        for token, start, end in self._found(word):
            if pieces and start < pieces[-1][2]:  # more bytes of the same character
                before, first, last = pieces.pop()
                pieces.append((before + token, first, max(last, end)))
                continue
            pieces += _left_out(word, pieces[-1][2] if pieces else 0, start)
            pieces.append((word[start:end] if token == self._unknown else token, start, end))
        return (*pieces, *_left_out(word, pieces[-1][2] if pieces else 0, len(word)))

    def _found(self, word: str) -> Iterator[Piece]:
        """The tokenizer's tokens that stand on characters of the word."""
        encoding, shift = self._encode(self._before + word, add_special_tokens=False), len(self._before)
        for token, (start, end) in zip(encoding.tokens, encoding.offsets, strict=True):
            first, last = max(start - shift, 0), end - shift
            if last > first and (token != WORD_START or word[first:last] == WORD_START):
                yield token, first, last

    def _marks_spaces(self) -> bool:
        alone, after = (self._encode(text, add_special_tokens=False).tokens for text in ("a", " a"))
        return alone != [token for token in after if token != WORD_START]


def _left_out(word: str, start: int, end: int) -> list[Piece]:
    """The letters and digits between two pieces, which the tokenizer dropped, as one more piece."""
    places = [place for place in range(start, end) if word[place].isalnum()]
    return [(word[places[0] : places[-1] + 1], places[0], places[-1] + 1)] if places else []
