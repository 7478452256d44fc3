"""Damage in a text: traces of a wrong encoding or of a page's markup.

Accents and quotation marks of any language, less-than signs and ampersands are not damage. Nor are line breaks of HTML
(``<br />``), which every tokenizer reads as white space.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html.entities import html5

_CONTINUES = "".join(chr(byte) for byte in range(0x80, 0xC0)) + "".join(
    bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xA0)
)
"""The continuation bytes of UTF-8, as Latin-1 or Windows-1252 would show them."""

_MORE = f"[{re.escape(_CONTINUES)}]"
_COMMON = f"[ÂÃ]{_MORE}|â{_MORE}{{2}}"  # é is Ã©, a curly quotation mark â€™
_ANY = f"[Â-ß]{_MORE}|[à-ï]{_MORE}{{2}}|[ð-ô]{_MORE}{{3}}"
_twice_encoded = re.compile(f"{_COMMON}|(?:{_ANY}){{2}}|ð{_MORE}{{3}}")
"""One of the common ones, an emoji, or two characters in a row: a French É before » is not yet damage."""

_old_controls = re.compile("[\x80-\x9f]")
_controls = re.compile("[\x01-\x08\x0b\x0e-\x1f\x7f]")
_TAGS = (
    "a|abbr|b|blockquote|body|button|center|code|div|em|font|form|h[1-6]|head|hr|html|i|iframe|img|input|li|link|meta|"
    "ol|option|p|pre|script|select|small|span|strike|strong|style|sub|sup|table|tbody|td|th|title|tr|u|ul"
)
_ATTRIBUTES = r"(?:\s+[a-z][\w:-]*\s*=[^<>]{0,300})?"  # anything else is prose: <I love you>, a<b and c>d
_markup = re.compile(
    rf"</?(?:{_TAGS}){_ATTRIBUTES}\s*/?>|<!--|&(?:([a-z][a-z\d]{{1,30}})|#\d{{2,6}}|#x[0-9a-f]{{2,5}});", re.IGNORECASE
)


def _has_markup(text: str) -> bool:
    return any(match[1] is None or f"{match[1]};" in html5 for match in _markup.finditer(text))


def _is_twice_encoded(text: str) -> bool:
    return any(_undone(match[0]) for match in _twice_encoded.finditer(text))


def _undone(piece: str) -> bool:
    """Whether characters are UTF-8 that was read as a one-byte encoding."""
    data = bytes(_byte_of(character) for character in piece)
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _byte_of(character: str) -> int:
    return ord(character) if ord(character) < 0x100 else character.encode("cp1252")[0]


_BROKEN: dict[str, Callable[[str], object]] = {
    "UTF-8 encoded twice": _is_twice_encoded,
    "replacement character": lambda text: "\ufffd" in text,
    "control character of 0x80 to 0x9F": _old_controls.search,
}
_ANYWHERE: dict[str, Callable[[str], object]] = {
    "NUL": lambda text: "\0" in text,
    "control character": _controls.search,
    "HTML": lambda text: ("<" in text or "&" in text) and _has_markup(text),
}


def damage_in(text: str) -> list[str]:
    """The kinds of damage in a text, in words."""
    looked_for = _ANYWHERE if text.isascii() else {**_BROKEN, **_ANYWHERE}
    return [kind for kind, shows in looked_for.items() if shows(text)]
