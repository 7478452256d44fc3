"""From the characters of texts to token ids, in C: normalise, split, drop stop words, look up. See source/text.c."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from reread.kernel.library import Library
from reread.kernel.memory import place
from reread.kernel.tokens import UTF_32, TokenTable, codes

CHARACTERS = sys.maxunicode + 1
FULL, UNKNOWN = -1, -2  # what C answers instead of a number of tokens
PAGE = 256  # characters that are described at a time
KINDS = ("known", "alone", "space", "word", "letter", "digit", "han", "mark", "apostrophe", "point")
"""The kinds of characters, each a bit above the code point, lowest first; "alone": its replacement needs no context."""
KernelSegmenter = Literal["words", "words_and_punctuation", "characters", "letters_digits"]  # in C's order

Describe = Callable[[int, str], tuple[str, Mapping[str, NDArray[np.bool_]]]]
"""Stage and characters → their replacements, character by character, and the kinds of these."""

_BITS = {name: np.uint32(1 << 21 + k) for k, name in enumerate(KINDS)}


class _Encoder(ctypes.Structure):
    _fields_ = (
        ("tables", ctypes.c_void_p),
        *((name, ctypes.c_int32) for name in ("stages", "segmenter", "features", "joint", "stops")),
        *((name, ctypes.c_void_p) for name in ("vocabularies", "stop_words")),
    )


class TextKernel:
    """Texts → ids by one build.

    Args:
        library: the build.
        describe: replacements and kinds of characters; called for a page of them when its first one occurs.
        stages: how often characters are replaced, with HTML breaks becoming spaces in between; ``describe`` has the
            stages from 0, and last the lower case in which stop words are looked up.
        segmenter: splits a text into tokens.
        vocabularies: of the tokens, and of the pairs, triples … that begin with them. Learning ones belong to one
            thread.
        joint: what stands between the tokens of a pair: one character, or nothing.
        stop_words: tokens that are dropped, in lower case.
    """

    def __init__(
        self,
        library: Library,
        describe: Describe,
        *,
        stages: int,
        segmenter: KernelSegmenter,
        vocabularies: Sequence[TokenTable],
        joint: str = " ",
        stop_words: Collection[str] = (),
    ) -> None:
        self._describe = describe
        self._features = len(vocabularies)
        self._rooms = 1 + bool(stop_words) + 3 * (self._features > 1)
        self._tables = np.zeros((stages + 1, CHARACTERS), np.uint32)  # a page takes memory only when it is filled
        self._vocabularies, self._stop_words = vocabularies, TokenTable(library, stop_words)
        self._addresses = (ctypes.c_void_p * self._features)(*(table.address for table in vocabularies))
        self._encoder = _Encoder(
            self._tables.ctypes.data,
            stages,
            get_args(KernelSegmenter).index(segmenter),
            self._features,
            ord(joint) if joint else 0,
            bool(stop_words),
            ctypes.addressof(self._addresses),
            self._stop_words.address,
        )
        self._address = ctypes.addressof(self._encoder)
        kind = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_void_p] * 2, ctypes.c_int64, *[ctypes.c_void_p] * 4)
        self._encode = kind(("reread_text_encode", library.functions))

    def __call__(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The concatenated ids of all texts, (tokens, features), and the tokens of each, (texts,).

        A text without tokens is one unknown token; a text with context-dependent characters has length 0.
        """
        characters = "".join(texts).encode(UTF_32, "surrogatepass")
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        tokens = np.empty(len(texts), np.int64)
        longest = max(map(len, texts), default=0)
        room = np.empty(self._rooms * longest + (self._features > 1), np.uint32)
        ids = np.empty((len(characters) // 4 + len(texts), self._features), np.int32)
        arguments = (place(lengths), place(tokens), place(room), place(ids))
        while (count := self._encode(self._address, characters, len(texts), *arguments)) < 0:
            if count == FULL:
                for table in self._vocabularies:
                    table.grow()
            else:
                self._fill(*divmod(UNKNOWN - count, CHARACTERS))
        return ids[:count].copy(), tokens

    def _fill(self, stage: int, character: int) -> None:
        page = range(character - character % PAGE, character - character % PAGE + PAGE)
        replaced, kinds = self._describe(stage, "".join(map(chr, page)))
        described = codes(replaced) | _BITS["known"]
        for name, which in kinds.items():
            described |= which * _BITS[name]
        self._tables[stage, page.start : page.stop] = described
