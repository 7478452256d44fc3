"""The encoding of a file: detected by reading all of it in bounded memory, never guessed silently."""

from __future__ import annotations

import codecs
import logging

from reread.data.chinese_bytes import looks_chinese, name_of
from reread.data.source import CHUNK, Source
from reread.errors import DataError

_LOGGER = logging.getLogger(__name__)

# UTF-32's little-endian mark begins with UTF-16's: it comes first.
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SHOWN = {"utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-32": "UTF-32", "gb18030": "GB18030"}
_SAMPLE = 1 << 16
_ASCII = frozenset(range(0x20, 0x7F)) | frozenset(b"\t\n\r")


def find_encoding(source: Source, asked: str | None = None) -> str:
    """The codec that reads all of ``source``: the requested one, or the one that its bytes show.

    Raises:
        DataError: the bytes are not in that encoding, or no encoding is detected.
    """
    if asked is not None:
        return _checked(source, asked)
    mark = _mark_of(source)
    if mark is not None:
        return _announced(source, _checked(source, mark))
    wide = _wide_candidate(source)
    if wide and _failure(source, wide) is None:
        return _announced(source, wide)
    not_utf8 = _failure(source, "utf-8")
    if not_utf8 is None:
        return "utf-8"
    sample = _beyond_ascii(source)
    if _nearly_utf8(sample):
        raise DataError(f"{source.name}: {not_utf8}, although most of it is; correct it there, or pass encoding=NAME")
    if _failure(source, "gb18030") is None and looks_chinese(sample.decode("gb18030", "replace")):
        return _announced(source, "gb18030")
    guess = name_of(sample)
    hint = f" (perhaps {guess})" if guess else ""
    raise DataError(f"{source.name}: {not_utf8}, and neither UTF-16 nor Chinese GB18030; pass encoding=NAME{hint}")


def _announced(source: Source, codec: str) -> str:
    if codec in _SHOWN:
        _LOGGER.warning("%s: read as %s; pass its encoding to be sure", source.name, _SHOWN[codec])
    return codec


def _mark_of(source: Source) -> str | None:
    start = source.peek(4)
    return next((codec for mark, codec in _MARKS.items() if start.startswith(mark)), None)


def _checked(source: Source, asked: str) -> str:
    codec = _known_codec(asked)
    mark = _mark_of(source)
    if mark is not None and (mark.startswith(codec) or codec.startswith(mark)):
        codec = mark  # the codec that takes the byte order mark away
    problem = _failure(source, codec)
    if problem is not None:
        raise DataError(f"{source.name}: {problem}; pass another encoding=NAME or correct the file")
    return codec


def _known_codec(asked: str) -> str:
    try:
        codec = codecs.lookup(asked).name
        "".encode(codec)  # refuses codecs that are not for text
        codecs.getincrementaldecoder(codec)
    except (LookupError, UnicodeError, ValueError) as error:
        raise DataError(f'encoding: unknown "{asked}"; for example utf-8, utf-16, gb18030, big5, cp1252') from error
    return codec


def _failure(source: Source, codec: str) -> str | None:
    """The problem if ``codec`` cannot decode all of ``source``, else None."""
    decoder = codecs.getincrementaldecoder(codec)()
    lines = 1
    with source.open() as stream:
        while True:
            chunk = stream.read(CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeError as error:
                start = error.start if isinstance(error, UnicodeDecodeError) else 0
                line = lines + chunk[:start].count(b"\n")
                return f"is not valid {codec.removesuffix('-sig').upper()} (line {line})"
            if not chunk:
                return None
            lines += chunk.count(b"\n")


def _wide_candidate(source: Source) -> str | None:
    """UTF-16's byte order where the NUL bytes lie as UTF-16 without a mark would put them, else None."""
    sample = source.peek(_SAMPLE)
    if 0 not in sample:
        return None
    sample = sample[: len(sample) // 2 * 2]
    high_last, high_first = sample[1::2].count(0), sample[0::2].count(0)
    order, low = ("utf-16-le", 0) if high_last > high_first else ("utf-16-be", 1)
    pairs = [sample[at + low] for at in range(0, len(sample), 2) if sample[at + 1 - low] == 0]
    most = len(pairs) >= 0.25 * len(sample) / 2
    # NULs in UTF-8 are damage; Chinese UTF-16 has few of them, but then it is no UTF-8.
    enough = most or (len(pairs) >= 0.005 * len(sample) / 2 and _failure(source, "utf-8") is not None)
    return order if pairs and enough and sum(byte in _ASCII for byte in pairs) >= 0.95 * len(pairs) else None


def _beyond_ascii(source: Source) -> bytes:
    """The first lines that hold more than ASCII, 64 KiB of them at most."""
    lines: list[bytes] = []
    room = _SAMPLE
    with source.open() as stream:
        while room > 0 and (chunk := stream.read(CHUNK)):
            for line in () if chunk.isascii() else chunk.split(b"\n"):
                if room > 0 and not line.isascii():
                    lines.append(line[:room])
                    room -= len(line)
    return b"\n".join(lines)


def _nearly_utf8(sample: bytes) -> bool:
    """Whether most characters beyond ASCII are whole in UTF-8: a damaged file, not another encoding."""
    beyond = [character for character in sample.decode("utf-8", "replace") if not character.isascii()]
    return 2 * beyond.count("\ufffd") < len(beyond)
