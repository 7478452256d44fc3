"""The way from text to ids in the compiled kernel, for normalisers and segmenters that say how it does what they do."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.kernel import Library, load
from reread.kernel.text import TextKernel
from reread.text.normalisers import Normaliser
from reread.text.normalisers.lower_case import LowerCase
from reread.text.scripts import APOSTROPHES, HAN, LETTER, MARKS, POINTS
from reread.text.segmenters import Segmenter
from reread.text.vocabulary import Vocabulary
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
"""What the kernel means by each kind of character: the very expressions that the segmenters are made of."""


class StopWordCase(LowerCase):
    """The lower case in which stop words are looked up, a token's own."""

    unless = f"{LowerCase.unless}İ"  # its lower case has two characters


class CompiledPath:
    """Texts → ids in the kernel, whose tables are made when the first text comes."""

    def __init__(
        self, library: Library, normalisers: Sequence[Normaliser], segmenter: Segmenter,
        vocabularies: Sequence[Vocabulary], stop_words: Collection[str],
    ) -> None:  # fmt: skip
        self._library, self._parts = library, (normalisers, segmenter, vocabularies, stop_words)
        self._stages: list[list[Normaliser]] = [[]]
        for normaliser in normalisers:
            if normaliser.kernel == "map":
                self._stages[-1].append(normaliser)
            else:
                self._stages.append([])

    def __call__(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The ids of all texts, (tokens, features), and the tokens of each, (texts,): 0 where Python must encode a text."""
        return self._kernel(texts)

    @cached_property
    def _kernel(self) -> TextKernel:
        _, segmenter, vocabularies, stop_words = self._parts
        return TextKernel(
            self._library, self._describe, stages=len(self._stages), segmenter=segmenter.kernel or "",
            vocabularies=[vocabulary.tokens for vocabulary in vocabularies], stop_words=stop_words,
        )  # fmt: skip

    def _describe(self, stage: int, characters: str) -> tuple[str, dict[str, NDArray[np.bool_]]]:
        alone = np.ones(len(characters), np.bool_)
        for normaliser in self._stages[stage] if stage < len(self._stages) else [StopWordCase()]:
            alone &= [character not in normaliser.unless for character in characters]
            characters = normaliser(characters)
        kinds = {name: np.array(list(map(bool, map(kind.match, characters)))) for name, kind in KINDS.items()}
        return characters, {"alone": alone, **kinds}

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        return compiled_path, self._parts  # tables stay here, and another machine may have no kernel


def compiled_path(
    normalisers: Sequence[Normaliser],
    segmenter: Segmenter,
    vocabularies: Sequence[Vocabulary],
    stop_words: Collection[str],
) -> CompiledPath | None:
    """The compiled path through these parts; None where one of them has none, or no kernel was built."""
    parts = (*normalisers, segmenter)
    if not vocabularies or any(part.kernel is None for part in parts) or (library := load()) is None:
        return None
    return CompiledPath(library, normalisers, segmenter, vocabularies, stop_words)
