"""The compiled way from text to ids against the one in Python; as a script, on texts made of awkward pieces.

    cd tests && python -m support.kernel.text_by_python [LIBRARY]

LIBRARY is a build of source/text.c, else each that this processor can run. Both ways of counting tokens are held together too. Needs NumPy only, so that it runs beside a wheel and under a
sanitizer; what the kernel may touch is exactly as large as it says, so that one sees what goes beyond an end.
"""

from __future__ import annotations

import ctypes
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from reread.kernel import Library, available, load
from reread.kernel.tokens import LearnedTokens
from reread.text import compiled
from reread.text.compiled import CompiledPath
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.vocabulary import TokenCounter, Vocabulary

PIECES = (
    "Don't", "it’s", "a'", "'b", "o''c", "rock'n'roll", "3.14", "1,000", "v1.2", "2.x", "５.５", "1.", ".5", "x.y", "８０％", "ＡＢＣ", "ＴＨＥ", "\u3000",
    "İstanbul", "ΟΔΟΣ", "straße", "ẞ", "café", "cafe\u0301", "\u0301", "e\u200dx", "हिन्दी", "ไทยที่", "مرحبا", "日本語テスト", "我来到北京清华大学", "々〇",
    "OK绷", "<br />", "<BR>", "<bR/><br>", "<br", "<br class='x'>", "<br<br>", "<brx>", "<br_>", "<bré>", "<b>", "<xr>", "＜br＞", "<br Ａ>", "❤️",
    "👩‍👩‍👧", "…", "，", "‘’`´", "\n", "\t", "\x00", "\x1c", "\x85", "_", "a_b", "-", "𠀀𝒜", "²", "Ⅷ", "\ud800", "\udfff", "\U0010ffff", "THE", "the",
    "İs", "iS", "w" * 99,
    "nipmt", "slapd",  # which have the same hash
)  # fmt: skip
STOP_WORDS = ("the", "is", "i\u0307s", "don't", "ς", "。", "我", "e\u0301", "1")
CHAINS: tuple[tuple[str, ...], ...] = (
    (), ("html_breaks",), ("straight_quotes",), ("lower_case",), ("letters_only",), ("half_width",),
    ("html_breaks", "straight_quotes", "lower_case"), ("html_breaks", "half_width", "lower_case"),
    ("half_width", "html_breaks", "lower_case"), ("lower_case", "html_breaks", "letters_only", "html_breaks"),
)  # fmt: skip
SEGMENTERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("words", {}), ("words", {"punctuation": True}), ("characters", {}), ("character_pairs", {}), ("letters_digits", {}),
)  # fmt: skip


def between_spaces(stage: int, characters: str) -> tuple[str, dict[str, NDArray[np.bool_]]]:
    """Whatever is no space is a letter, and stays what it is."""
    space = np.array([character == " " for character in characters])
    return characters, {"alone": np.ones(len(characters), np.bool_), "space": space, "letter": ~space}


def encoder_of(
    texts: Iterable[str],
    normalisers: Sequence[str],
    segmenter: tuple[str, dict[str, Any]],
    stop_words: Sequence[str] = (),
    ngrams: int = 1,
) -> TextEncoder:
    """An encoder that knows every token of these texts, and every run of as many."""
    name, options = segmenter
    settings = TextSettings(
        normalisers=tuple(normalisers),
        segmenter=name,
        segmenter_options=options,
        ngrams=ngrams,
        stop_words=bool(stop_words),
    )
    plain = TextEncoder(settings, (), stop_words)
    features = zip(*map(plain.features_of, texts), strict=True)
    vocabularies = [Vocabulary(dict.fromkeys(chain.from_iterable(feature))) for feature in features]
    return TextEncoder(settings, vocabularies, stop_words)


def path_of(encoder: TextEncoder, library: Library) -> CompiledPath:
    """The encoder's compiled path by one build."""
    assert encoder._compiled is not None
    return CompiledPath(library, *encoder._compiled._parts)


def ids_of(path: CompiledPath, texts: Sequence[str]) -> list[list[list[int]]]:
    """The ids of each text, all in one call; none of those that are left to Python."""
    ids, lengths = path(texts)
    return [text.tolist() for text in np.split(ids, np.cumsum(lengths)[:-1])]


def differences(library: Library, encoder: TextEncoder, texts: Sequence[str]) -> list[str]:
    """The texts that have other ids than in Python, alone or together; those left to Python have none."""
    path = path_of(encoder, library)
    together, alone = ids_of(path, texts), [ids_of(path, [text])[0] for text in texts]
    right = [encoder._encode_in_python(text).tolist() for text in texts]
    rows = zip(texts, together, alone, right, strict=True)
    return [text for text, one, other, ids in rows if one != other or one not in ([], ids)]


def counted(library: Library, encoder: TextEncoder, texts: Iterable[str], limit: int, slots: int) -> list[TokenCounter]:
    """What one build counts, with tables of so many slots at first, and Python of what is left to it."""
    counters = [TokenCounter(limit) for _ in range(encoder.features)]
    with patch.object(compiled, "LearnedTokens", lambda library: LearnedTokens(library, slots)):
        for text in path_of(encoder, library).count(texts, counters):
            for counter, tokens in zip(counters, encoder.features_of(text), strict=True):
                counter.add(tokens)
    return counters


def miscounted(library: Library, encoder: TextEncoder, texts: Sequence[str]) -> list[str]:
    """The tokens that are counted otherwise than in Python, in tables that grow or do not."""
    right = [Counter(chain.from_iterable(feature)) for feature in zip(*map(encoder.features_of, texts), strict=True)]
    found = [counter for slots in (2, 1 << 16) for counter in counted(library, encoder, texts, 1_000_000, slots)]
    pairs = zip(found, right * 2, strict=True)
    return [token for counter, own in pairs for token in counter.counts | own if counter.counts[token] != own[token]]


def cases() -> Iterator[tuple[TextEncoder, list[str]]]:
    """Encoders of every normaliser, in and out of company, of every segmenter and of n-grams; with texts, half of them known."""
    source = random.Random(0)
    texts = ["", " ", *PIECES, *("".join(source.choices((*PIECES, " "), k=9)) for _ in range(60))]
    for k, normalisers in enumerate(CHAINS):
        for segmenter in (SEGMENTERS[(k + k // 5) % 5], SEGMENTERS[1]):
            yield encoder_of(texts[::2], normalisers, segmenter, STOP_WORDS if k % 3 else (), 1 + k % 3), texts


def main() -> None:
    """Every build, or the one that is given."""
    libraries = [Library("given", 0, (), ctypes.CDLL(path)) for path in sys.argv[1:]] or list(map(load, available()))
    if not libraries:
        sys.exit("no build of the kernel is here")
    for library in libraries:
        for encoder, texts in cases():
            if wrong := differences(library, encoder, texts):
                sys.exit(f"{library.level}, {encoder.to_config()}: {len(wrong)} texts are wrong, such as {wrong[0]!a}")
            if wrong := miscounted(library, encoder, texts):
                sys.exit(
                    f"{library.level}, {encoder.to_config()}: {len(wrong)} tokens are miscounted, such as {wrong[0]!a}"
                )


if __name__ == "__main__":
    main()
