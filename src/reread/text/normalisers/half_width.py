"""Half-width forms."""

from __future__ import annotations

import re

from reread.text.normalisers import Normaliser, normalisers
from reread.typing import override

_WIDE = re.compile("[\u3000\uff01-\uff5e]")
_SHIFT = 0xFF01 - ord("!")


@normalisers.register("half_width")
class HalfWidth(Normaliser):
    """Full-width letters, digits and punctuation (Ａ１，) become ASCII, the ideographic space a space."""

    kernel = "map"

    @override
    def __call__(self, text: str) -> str:
        return _WIDE.sub(lambda wide: " " if wide[0] == "\u3000" else chr(ord(wide[0]) - _SHIFT), text)
