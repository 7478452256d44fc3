"""Simplified Chinese."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from reread.text.normalisers import Normaliser, normalisers
from reread.text.scripts import han_run
from reread.typing import override


@normalisers.register("simplified_chinese")
class SimplifiedChinese(Normaliser):
    """Traditional characters become simplified ones, phrase by phrase (OpenCC's t2s); everything else stays."""

    @override
    def __call__(self, text: str) -> str:
        return han_run.sub(lambda run: _simplified(run[0]), text)


def _simplified(run: str) -> str:
    convert = _converter()
    simplified = convert(run)
    if len(simplified) == len(run):
        return simplified
    pairs = ((character, convert(character)) for character in run)
    return "".join(simple if len(simple) == 1 else character for character, simple in pairs)


@cache
def _converter() -> Callable[[str], str]:
    from opencc import OpenCC  # noqa: PLC0415  # loads its dictionaries: only where it is asked for

    return OpenCC("t2s").convert
