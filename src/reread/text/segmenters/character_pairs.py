"""Characters with pairs."""

from __future__ import annotations

from typing import ClassVar

from reread.text.segmenters import segmenters
from reread.text.segmenters.characters import Characters


@segmenters.register("character_pairs")
class CharacterPairs(Characters):
    """Every character but white space, and as a second feature the pair that it forms with the next one."""

    ngrams: ClassVar[int] = 2
