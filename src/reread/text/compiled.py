"""Text to ids in the compiled kernel, for normalisers and segmenters that it implements."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.kernel import Library, load
from reread.kernel.text import TextKernel
from reread.kernel.tokens import LearnedTokens, TokenTable
from reread.text.chunks import chunked
from reread.text.normalisers import Normaliser
from reread.text.normalisers.lower_case import LowerCase
from reread.text.scripts import APOSTROPHES, HAN, LETTER, MARKS, POINTS
from reread.text.segmenters import Segmenter
from reread.text.vocabulary import TokenCounter, Vocabulary
from reread.typing import override

KINDS: Mapping[str, re.Pattern[str]] = {
    "space": re.compile(r"\s"),
    "word": re.compile(r"\w"),
    "letter": re.compile(LETTER),
    "digit": re.compile(r"\d"),
    "han": re.compile(f"[{HAN}]"),
    "mark": re.compile(f"[{MARKS}]"),
    "apostrophe": re.compile(f"[{APOSTROPHES}]"),
    "point": re.compile(f"[{POINTS}]"),
}
"""The kernel's kinds of characters: the same expressions that segmenters are made of."""


class StopWordCase(LowerCase):
    """The lower case of a token, in which stop words are looked up."""

    unless = f"{LowerCase.unless}İ"  # its lower case has two characters


class CompiledPath:
    """Texts → ids in the kernel.

    Args:
        library: a build of the kernel.
        normalisers: in the order they are applied, each with a ``kernel``.
        segmenter: one with a ``kernel``.
        vocabularies: one for each length of n-grams.
        stop_words: in lower case.
    """

    def __init__(
        self,
        library: Library,
        normalisers: Sequence[Normaliser],
        segmenter: Segmenter,
        vocabularies: Sequence[Vocabulary],
        stop_words: Collection[str],
    ) -> None:
        self._library, self._parts = library, (normalisers, segmenter, vocabularies, stop_words)
        self._stages: list[list[Normaliser]] = [[]]  # HTML breaks separate two stages
        for normaliser in normalisers:
            if normaliser.kernel == "map":
                self._stages[-1].append(normaliser)
            else:
                self._stages.append([])

    def __call__(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The ids of all texts, (tokens, features), and each text's tokens, (texts,): 0 if Python must encode it."""
        return self._kernel(texts)

    def count(self, texts: Iterable[str], counters: Sequence[TokenCounter]) -> Iterator[str]:
        """Count all tokens, each feature's with its counter; yields the texts that Python must count.

        A counter's limit applies: beyond that many distinct tokens, it takes over what was counted so far.
        """
        tables = [LearnedTokens(self._library) for _ in counters]
        kernel = self._kernel_of(tables)
        for chunk in chunked(texts):
            ids, lengths = kernel(chunk)
            for table, column in zip(tables, ids.T, strict=True):
                table.count(column)
            yield from (chunk[left] for left in np.flatnonzero(lengths == 0))
            for table, counter in zip(tables, counters, strict=True):
                if len(table) > counter.limit:
                    counter.add(table.take())
        for table, counter in zip(tables, counters, strict=True):
            counter.add(table.take())

    @cached_property
    def _kernel(self) -> TextKernel:
        """Created for the first text: it holds a copy of the vocabularies."""
        _, _, vocabularies, _ = self._parts
        return self._kernel_of([TokenTable(self._library, vocabulary.tokens) for vocabulary in vocabularies])

    def _kernel_of(self, tables: Sequence[TokenTable]) -> TextKernel:
        _, segmenter, _, stop_words = self._parts
        if segmenter.kernel is None:
            raise TypeError(f"segmenter {type(segmenter).__name__} has no equivalent in the kernel")
        return TextKernel(
            self._library,
            self._describe,
            stages=len(self._stages),
            segmenter=segmenter.kernel,
            joint=segmenter.joint,
            vocabularies=tables,
            stop_words=stop_words,
        )

    def _describe(self, stage: int, characters: str) -> tuple[str, dict[str, NDArray[np.bool_]]]:
        alone = np.ones(len(characters), np.bool_)
        for normaliser in (*self._stages, (StopWordCase(),))[stage]:
            alone &= [character not in normaliser.unless for character in characters]
            characters = normaliser(characters)
        return characters, {"alone": alone, **_kinds(characters)}

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        return _path, self._parts


@lru_cache(maxsize=512)  # normalisers leave most pages unchanged, so stages and encoders share them
def _kinds(characters: str) -> dict[str, NDArray[np.bool_]]:
    """Which of the characters are of each kind."""
    return {name: _which(kind, characters) for name, kind in KINDS.items()}


def _which(kind: re.Pattern[str], characters: str) -> NDArray[np.bool_]:
    which = np.zeros(len(characters), np.bool_)
    which[[match.start() for match in kind.finditer(characters)]] = True
    return which


def compiled_path(
    normalisers: Sequence[Normaliser],
    segmenter: Segmenter,
    vocabularies: Sequence[Vocabulary],
    stop_words: Collection[str],
) -> CompiledPath | None:
    """The compiled path for these parts; None if the kernel lacks one, was not built, or no ids are needed."""
    if not vocabularies or segmenter.kernel is None or any(part.kernel is None for part in normalisers):
        return None
    return _path(normalisers, segmenter, vocabularies, stop_words)


def _path(
    normalisers: Sequence[Normaliser],
    segmenter: Segmenter,
    vocabularies: Sequence[Vocabulary],
    stop_words: Collection[str],
) -> CompiledPath | None:
    library = load()  # an encoder may be unpickled on a machine without the kernel
    return None if library is None else CompiledPath(library, normalisers, segmenter, vocabularies, stop_words)
