"""HTML line breaks."""

from __future__ import annotations

import re

from reread.text.normalisers import Normaliser, normalisers
from reread.typing import override

_BREAK = re.compile(r"<[bB][rR]\b[^<>]*>")


@normalisers.register("html_breaks")
class HtmlBreaks(Normaliser):
    """Every ``<br>``, ``<br />`` or ``<br class="x">`` becomes as many spaces."""

    kernel = "html_breaks"

    @override
    def __call__(self, text: str) -> str:
        return _BREAK.sub(lambda tag: " " * len(tag[0]), text)
