"""Whether text that was decoded as GB18030 is Chinese, or some other encoding's bytes read wrongly."""

from __future__ import annotations

from collections.abc import Callable

from charset_normalizer import from_bytes

# GB18030 gives most byte sequences some character. What sets Chinese apart: its characters are nearly all in the
# first half of GB 2312 (most frequent characters, Chinese punctuation), and every fifth is one of these.
_FREQUENT = frozenset(
    "的一是不了我在有人很太这他中大来上个国到说们为你地出时年得就那要下以生会自着去之过家学对可里后小么心多天而能好都然没日于起还发成事只作当想看"
    "文无开手用主行方又如前所本见经头面公同三已老从动两长是這個們為時說會對沒還與來國學過後"
)
_RIVALS = ["gb18030", "big5", "euc_kr", "euc_jp", "shift_jis", "cp1252", "cp1251", "koi8_r"]
_COMMON_SHARE = 0.4
_FREQUENT_SHARE = 0.1


def looks_chinese(text: str) -> bool:
    """Whether ``text``, decoded as GB18030, is plausible Chinese; nothing but ASCII is not."""
    beyond_ascii = [character for character in text if not character.isascii()]
    if not beyond_ascii or _share(beyond_ascii, _is_common) < _COMMON_SHARE:
        return False
    han = [character for character in beyond_ascii if "\u4e00" <= character <= "\u9fff"]
    if _share(han, _FREQUENT.__contains__) >= _FREQUENT_SHARE:
        return True
    return name_of(text.encode("gb18030")) == "gb18030"


def name_of(data: bytes) -> str | None:
    """The most plausible of the usual encodings for ``data``; None when there is none."""
    best = from_bytes(data, cp_isolation=_RIVALS).best()
    return None if best is None or best.encoding in ("ascii", "utf_8") else best.encoding


def _share(characters: list[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, characters)) / max(1, len(characters))


def _is_common(character: str) -> bool:
    try:
        lead = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return lead in (0xA1, 0xA3) or 0xB0 <= lead <= 0xD7
