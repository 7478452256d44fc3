"""Words."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from reread.text.scripts import HAN, OTHER, WORD
from reread.text.segmenters import PatternSegmenter, segmenters
from reread.typing import override

_WORDS = re.compile(f"{WORD}|[{HAN}]")
_WORDS_AND_PUNCTUATION = re.compile(f"{WORD}|[{HAN}]|{OTHER}")


@segmenters.register("words")
class WordSegmenter(PatternSegmenter):
    """Words with contractions (don't, it’s) and numbers (3.14), in any script; Han text character by character.

    Args:
        punctuation: whether each punctuation mark, symbol and emoji is a token too.
    """

    whole_words: ClassVar[bool] = True

    def __init__(self, *, punctuation: bool = False) -> None:
        self.punctuation = punctuation
        self.kernel = "words_and_punctuation" if punctuation else "words"
        self.pattern = _WORDS_AND_PUNCTUATION if punctuation else _WORDS

    @override
    def options(self) -> dict[str, Any]:
        return {"punctuation": self.punctuation}
