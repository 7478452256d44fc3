from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.explain.sentences import sentences
from reread.text.encoder import TextEncoder, TextSettings

ENCODERS = {language: TextEncoder(TextSettings.for_language(language)) for language in ("en", "zh")}


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "I give it 7.5/10. It was... fine", ["I give it 7.5/10.", "It was...", "fine"]),
        (
            "en",
            "Mr. Smith of the U.S. army, e.g. So do I. Then?",
            ["Mr. Smith of the U.S. army, e.g. So do I.", "Then?"],
        ),
        ("en", "He said “never.” (Really?) Yes!!", ["He said “never.”", "(Really?)", "Yes!!"]),
        ("en", "See example.com or end.Next", ["See example.com or end.Next"]),
        ("en", "one\ntwo\n\n... three", ["one", "two", "...", "three"]),
        ("zh", "很好吃！下次还来。“不错。”他说!真的.", ["很好吃！", "下次还来。", "“不错。”", "他说!", "真的."]),
        ("zh", "价格7.5元.好 1.便宜", ["价格7.5元.", "好 1.便宜"]),
    ],
)
def test_where_sentences_end(language: str, text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text, ENCODERS[language].spans(text))] == expected


@given(text=st.text(alphabet='ab .!?。"”\n', max_size=30), long=st.booleans())
def test_sentences_hold_every_token_once_and_whole(text: str, *, long: bool) -> None:
    spans = [(k, k + 1) for k, letter in enumerate(text) if letter in "ab"]
    tokens = (
        [(start, other) for (start, _), (_, other) in zip(spans[::2], spans[1::2], strict=False)] if long else spans
    )
    found = sentences(text, tokens)
    assert all(sum(start <= a and b <= end for start, end in found) == 1 for a, b in tokens)
    assert all(text[start:end].strip() == text[start:end] for start, end in found)
    assert all(any(start <= a < end for a, _ in tokens) for start, end in found)
