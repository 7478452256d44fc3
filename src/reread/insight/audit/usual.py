"""What the texts of a set are usually like, and how one differs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from reread.text.letters import LOOKED_AT, scripts_of

SAMPLE = 2000  # texts that show what is usual, evenly spread
DEVIATIONS = 5.0  # robust ones of the logarithm of the length
LEAST_SPREAD = 0.25  # of that logarithm: texts of equal length are not odd when one is half as long again
OF_ONE_SCRIPT = 0.9  # of the sample, for a script to be the usual one
LETTERS = 10  # of other scripts, for a text to be written in them,
FEW = 0.1  # where no larger share is of the usual one: a Chinese title may name an English song
NOT_SPACED = {"Han", "Kana", "Thai"}  # scripts without spaces between words
COMMON = 100  # words that a language is known by
WORDS = 15  # of a text, for its language to be recognised
FAR = 4  # times fewer common words than usual


@dataclass(frozen=True)
class Usual:
    """What is usual in a set of texts.

    Attributes:
        shortest: characters below which a text is very short,
        longest: and above which it is very long.
        script: of nearly all texts; empty if there is no such.
        common: the most frequent words.
        least: their share in a text below which it is hardly of the same language.
    """

    shortest: float
    longest: float
    script: str
    common: frozenset[str]
    least: float

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """What is usual in these."""
        sample = [texts[int(row)] for row in np.linspace(0, len(texts) - 1, min(SAMPLE, len(texts)))]
        logs = np.log([len(text) for text in sample])
        middle = float(np.median(logs))
        reach = DEVIATIONS * max(LEAST_SPREAD, 1.4826 * float(np.median(np.abs(logs - middle))))
        scripts = Counter(script for text in sample for script, _ in scripts_of(text).most_common(1))
        script = next((name for name, count in scripts.items() if count >= OF_ONE_SCRIPT * scripts.total()), "")
        words = [] if script in NOT_SPACED else [_words(text) for text in sample]
        counts = Counter(word for words_of_text in words for word in words_of_text)
        common = frozenset(word for word, _ in counts.most_common(COMMON))
        shares = [_share(words_of_text, common) for words_of_text in words if len(words_of_text) >= WORDS]
        return cls(
            math.exp(middle - reach),
            math.exp(middle + reach),
            script,
            common,
            float(np.median(shares)) / FAR if shares else 0.0,
        )

    def oddities(self, text: str) -> list[str]:
        """How a text differs from the usual, in words."""
        oddities = list(self._of_length(text))
        if not any(map(str.isalpha, text)):
            return [*oddities, "no letter"]
        foreign = self._foreign_script(text)
        if foreign:
            return [*oddities, f"{foreign} script"]
        return [*oddities, "another language, or no sentences"] if self._is_strange(text) else oddities

    def _of_length(self, text: str) -> Iterator[str]:
        if len(text) > self.longest:
            yield f"very long: {len(text):,} characters"
        if len(text) < self.shortest:
            yield f"very short: {len(text):,} characters"

    def _foreign_script(self, text: str) -> str:
        """The script of a text that has hardly a letter of the usual one; else empty."""
        if not self.script or (self.script == "Latin" and text[:LOOKED_AT].isascii()):
            return ""
        scripts = scripts_of(text)
        letters = scripts.total()
        few = letters >= LETTERS and scripts[self.script] <= FEW * letters
        return scripts.most_common(1)[0][0] if few else ""

    def _is_strange(self, text: str) -> bool:
        words = _words(text)
        return len(words) >= WORDS and _share(words, self.common) < self.least


def _words(text: str) -> list[str]:
    return text[:LOOKED_AT].lower().split()  # five times as fast as a regular expression, and as good for this


def _share(words: Sequence[str], common: frozenset[str]) -> float:
    return sum(word in common for word in words) / len(words)
