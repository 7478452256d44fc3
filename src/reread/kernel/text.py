"""From the characters of texts to the ids of their tokens, in C: normalise, cut, drop stop words, look up. See source/text.c."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from reread.kernel.library import Library

CHARACTERS = sys.maxunicode + 1
PAGE = 256  # characters that are described at a time
KINDS = ("known", "alone", "space", "word", "letter", "digit", "han", "mark", "apostrophe", "point")
"""The kinds of characters, each a bit above the code point, from the lowest one; "alone": what replaces it does not depend on what stands around it."""
KernelSegmenter = Literal["words", "words_and_punctuation", "characters", "letters_digits"]  # in C's order
UTF_32 = f"utf-32-{sys.byteorder[0]}e"

Describe = Callable[[int, str], tuple[str, Mapping[str, NDArray[np.bool_]]]]
"""Stage and characters → what they become, character by character, and of which kinds those are."""

_SLOT = np.dtype([("hash", np.uint32), ("id", np.int32)])
_BITS = {name: np.uint32(1 << 21 + k) for k, name in enumerate(KINDS)}


class _Tokens(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("characters", "ends", "slots")),
        *((name, ctypes.c_int64) for name in ("mask", "longest")),
    )


class _Encoder(ctypes.Structure):
    _fields_ = (
        ("tables", ctypes.c_void_p),
        *((name, ctypes.c_int32) for name in ("stages", "segmenter", "features", "stops")),
        ("vocabularies", _Tokens * 2),
        ("stop_words", _Tokens),
    )


class TokenTable:
    """Tokens with ids from 1 in the order given, none of them twice."""

    def __init__(self, library: Library, tokens: Collection[str]) -> None:
        lengths = np.fromiter(map(len, tokens), np.int64, len(tokens))
        self._characters = codes("".join(tokens))
        self._ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        self._slots = np.zeros(2 << len(tokens).bit_length(), _SLOT)
        arrays = (self._characters, self._ends, self._slots)
        self.structure = _Tokens(
            *(array.ctypes.data for array in arrays), len(self._slots) - 1, int(lengths.max(initial=0))
        )
        library.functions.reread_text_fill(ctypes.byref(self.structure), ctypes.c_int32(len(tokens)))


class TextKernel:
    """Texts → ids by one build.

    Args:
        library: the build.
        describe: what characters become and are; asked for a page of them when the first is met.
        stages: how often characters are replaced, HTML breaks becoming spaces in between; ``describe`` knows the stages from 0,
            and as the last one the lower case in which stop words are looked up.
        segmenter: what cuts a text into tokens.
        vocabularies: the tokens of each feature; the second one holds characters and pairs of them.
        stop_words: tokens that are dropped, in lower case.
    """

    def __init__(
        self, library: Library, describe: Describe, *, stages: int, segmenter: KernelSegmenter,
        vocabularies: Sequence[Collection[str]], stop_words: Collection[str] = (),
    ) -> None:  # fmt: skip
        self._describe = describe
        self._features, self._rooms = len(vocabularies), 1 + bool(stop_words)
        self._tables = np.zeros((stages + 1, CHARACTERS), np.uint32)  # a page takes memory when it is filled
        self._vocabularies = [TokenTable(library, tokens) for tokens in vocabularies]
        self._stop_words = TokenTable(library, stop_words)
        self._encoder = _Encoder(
            self._tables.ctypes.data, stages, get_args(KernelSegmenter).index(segmenter), self._features, bool(stop_words),
            (_Tokens * 2)(*(table.structure for table in self._vocabularies)), self._stop_words.structure,
        )  # fmt: skip
        self._address = ctypes.addressof(self._encoder)
        kind = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_void_p] * 2, ctypes.c_int64, *[ctypes.c_void_p] * 4)
        self._encode = kind(("reread_text_encode", library.functions))

    def __call__(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The ids of all texts, one after the other, (tokens, features), and the tokens of each, (texts,).

        A text without a token is one unknown token; one that depends on more than its characters, each alone, has length 0.
        """
        characters = "".join(texts).encode(UTF_32, "surrogatepass")
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        tokens = np.empty(len(texts), np.int64)
        room = np.empty(self._rooms * max(map(len, texts), default=0), np.uint32)
        ids = np.empty((len(characters) // 4 + len(texts), self._features), np.int32)
        arguments = (lengths.ctypes.data, tokens.ctypes.data, room.ctypes.data, ids.ctypes.data)
        while (found := self._encode(self._address, characters, len(texts), *arguments)) < 0:
            self._fill(*divmod(-1 - found, CHARACTERS))
        return ids[:found].copy(), tokens

    def _fill(self, stage: int, character: int) -> None:
        page = range(character - character % PAGE, character - character % PAGE + PAGE)
        replaced, kinds = self._describe(stage, "".join(map(chr, page)))
        described = codes(replaced) | _BITS["known"]
        for name, which in kinds.items():
            described |= which * _BITS[name]
        self._tables[stage, page.start : page.stop] = described


def codes(text: str) -> NDArray[np.uint32]:
    """The code points of a text, (characters,)."""
    return np.frombuffer(text.encode(UTF_32, "surrogatepass"), np.uint32)
