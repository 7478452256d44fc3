"""Characters with pairs."""

from __future__ import annotations

import operator
from typing import ClassVar

from reread.text.segmenters import segmenters
from reread.text.segmenters.characters import Characters
from reread.typing import override


@segmenters.register("character_pairs")
class CharacterPairs(Characters):
    """Every character but white space, and as a second feature the pair that it forms with the next one."""

    features: ClassVar[int] = 2

    @override
    def features_of(self, tokens: list[str]) -> tuple[list[str], ...]:
        return tokens, [*map(operator.add, tokens, tokens[1:]), *tokens[-1:]]
