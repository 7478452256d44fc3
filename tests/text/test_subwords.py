"""The segmenter of static encoders: their own tokens, with their places in the text."""

from __future__ import annotations

import sys

import pytest

from reread.errors import ConfigError, MissingExtraError
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.segmenters import build_segmenter
from reread.text.subword_tokenizer import subword_tokenizer, tokens_of
from support import tokenizers

TEXT = " A lovely\nfilm 龘 "


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("word pieces", "a/A|love/love|##ly/ly|film/film|龘/龘"),
        ("byte pairs", "A/A|l/l|o/o|v/v|e/e|l/l|y/y|Ġfilm/film|é¾ĺ/龘"),
        ("llama", "<0x41>/A|l/l|o/o|v/v|e/e|l/l|y/y|▁film/film|<0xE9><0xBE><0x98>/龘"),
        ("unigram", "A/A|lov/lov|ely/ely|▁film/film|龘/龘"),
    ],
)
def test_tokens_and_where_they_stand(kind: str, expected: str) -> None:
    segmenter = build_segmenter("subwords", {"tokenizer": tokenizers.KINDS[kind]()})
    found = zip(segmenter.tokens(TEXT), segmenter.spans(TEXT), strict=True)
    assert "|".join(f"{token}/{TEXT[start:end]}" for token, (start, end) in found) == expected


def test_neither_a_limit_nor_padding_of_the_tokenizer_is_applied() -> None:
    segmenter = build_segmenter("subwords", {"tokenizer": tokenizers.word_pieces()})
    assert segmenter.tokens("film " * 50) == ["film"] * 50
    glued = "film" + "ly" * 40
    assert segmenter.tokens(glued) == ["film", *["##ly"] * 40]


def test_a_word_that_the_tokenizer_does_not_know_is_a_token_of_its_own() -> None:
    settings = TextSettings(
        segmenter="subwords", segmenter_options={"tokenizer": tokenizers.word_pieces()}, min_count=1
    )
    encoder = TextEncoder.learn(settings, ["a splendid film", "a splendid book"])
    assert set(encoder.vocabularies[0].tokens) == {"a", "splendid", "film", "book"}
    assert encoder.encode("a splendid nonsense")[:, 0].tolist()[2] == 0
    again = TextEncoder.from_config(encoder.to_config(), encoder.vocabularies)
    assert again.tokens("a lovely film") == ["a", "love", "##ly", "film"]


@pytest.mark.parametrize("kind", tokenizers.KINDS)
def test_tokens_by_their_ids(kind: str) -> None:
    content = tokenizers.KINDS[kind]()
    tokens = tokens_of(content)
    assert [subword_tokenizer(content).token_to_id(token) for token in tokens] == list(range(len(tokens)))


@pytest.mark.parametrize(
    ("tokenizer", "message"),
    [
        ("", "option tokenizer is empty; expected the content of a tokenizer.json"),
        (3, "option tokenizer is empty"),
        ("{", "is no tokenizer.json of the tokenizers library: "),
        ('{"model": {"type": "Python"}}', "is no tokenizer.json of the tokenizers library: "),
    ],
)
def test_what_is_no_tokenizer(tokenizer: object, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build_segmenter("subwords", {"tokenizer": tokenizer})


def test_ids_with_gaps() -> None:
    with pytest.raises(ConfigError, match="ids of the tokenizer's 2 tokens are not 0 to 1"):
        tokens_of('{"version": "1.0", "model": {"type": "WordLevel", "vocab": {"a": 0, "b": 2}, "unk_token": "a"}}')


def test_without_the_library_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    content = tokenizers.word_pieces()
    subword_tokenizer.cache_clear()
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(MissingExtraError, match=r'needs an extra: pip install "reread\[subwords\]"$'):
        build_segmenter("subwords", {"tokenizer": content})
