"""The stronger promises of text/: every segmenter with its options too, on any text, alone and in a whole encoder."""

from __future__ import annotations

import json
import pickle
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reread.explain.deletion import without
from reread.text.encoder import MOST_NGRAMS, TextEncoder, TextSettings
from reread.text.ngrams import ngrams_of
from reread.text.normalisers import Normaliser, normalisers
from reread.text.scripts import is_han
from reread.text.segmenters import Segmenter, build_segmenter, segmenters
from reread.text.segmenters.chinese import Chinese
from reread.text.segmenters.subwords import Subwords
from support.tokenizers import KINDS

# Options other than the defaults that a segmenter is tested with too.
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "words": [{"punctuation": True}],
    "chinese": [{"punctuation": True}, {"dictionary": ["云计算平台", ["川菜", 100], "卡拉OK", "C++", "OK绷"]}],
    "subwords": [{"tokenizer": kind()} for kind in KINDS.values()],
}
CASES = [
    (name, options) for name in segmenters for options in [{}, *OPTIONS.get(name, [])] if options or name != "subwords"
]

PIECES = st.sampled_from(
    [
        "Don't", "it’s", "3.14", "1,000", "８０％", "ＡＢＣ", "İstanbul", "ΟΔΟΣ", "straße", "cafe\u0301", "हिन्दी", "ไทยที่", "مرحبا", "日本語テスト",
        "我来到北京清华大学", "憂鬱的臺灣烏龜", "云计算平台", "卡拉OK", "C++", "OK绷", "iPhone手机", "<br />", "<BR", "❤️", "👩‍👩‍👧", "…", "，", "。", "\u3000",
        "\n", "\t", "\x00", "\x1c", "_", "'", "-", "𠀀𝒜", "²", "Ⅷ",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES | st.just(" "), max_size=12).map("".join))
ANY_TEXT = st.one_of(TEXTS, st.text(st.characters(categories=["Cs", "L"]), max_size=10))  # JSON brings lone surrogates


@pytest.fixture(scope="module", params=list(normalisers))
def normaliser(request: pytest.FixtureRequest) -> Normaliser:
    return normalisers.get(request.param)()


@pytest.fixture(scope="module", params=CASES, ids=lambda case: str(case)[:60])
def segmenter(request: pytest.FixtureRequest) -> Segmenter:
    return build_segmenter(*request.param)


@given(text=ANY_TEXT)
@example(text="İIıİ ΑΣ ẞ ŉ")
def test_a_normaliser_keeps_the_length_and_all_white_space(normaliser: Normaliser, text: str) -> None:
    result = normaliser(text)
    assert len(result) == len(text)
    assert all(after.isspace() for before, after in zip(text, result, strict=True) if before.isspace())


@given(text=ANY_TEXT, other=TEXTS)
def test_a_normaliser_depends_on_its_text_only(normaliser: Normaliser, text: str, other: str) -> None:
    first = normaliser(text)
    normaliser(other)
    assert normaliser(text) == type(normaliser)()(text) == first


@given(text=ANY_TEXT)
def test_spans_match_the_tokens(segmenter: Segmenter, text: str) -> None:
    tokens, spans = segmenter.tokens(text), segmenter.spans(text)
    assert len(tokens) == len(spans)
    ends = [0, *(end for _, end in spans)]
    assert all(before <= start < end <= len(text) for before, (start, end) in zip(ends, spans, strict=False))
    for token, (start, end) in zip(tokens, spans, strict=True):
        if isinstance(segmenter, Subwords):  # its tokens are written as the encoder's vocabulary has them
            assert not text[start:end].isspace()
            continue
        assert (token[0], token[-1]) == (text[start], text[end - 1])
        left = iter(text[start:end])
        assert all(character in left for character in token), "a token only drops characters of its span"


@given(text=ANY_TEXT)
def test_no_letter_and_no_digit_is_lost(segmenter: Segmenter, text: str) -> None:
    covered = {position for start, end in segmenter.spans(text) for position in range(start, end)}
    assert all(position in covered for position, character in enumerate(text) if character.isalnum())


@given(before=ANY_TEXT, after=ANY_TEXT)
def test_a_segmenter_depends_on_its_text_only_and_never_looks_past_a_line(
    segmenter: Segmenter, before: str, after: str
) -> None:
    assert segmenter.tokens(f"{before}\n{after}") == [*segmenter.tokens(before), *segmenter.tokens(after)]


@given(text=ANY_TEXT, data=st.data())
def test_a_token_left_out_leaves_the_others(segmenter: Segmenter, text: str, data: st.DataObject) -> None:
    """So that an explanation by deletion asks about that token. Han words depend on their whole run, sub-words on their word:
    there this need not hold."""
    if isinstance(segmenter, Subwords):
        return
    if isinstance(segmenter, Chinese):
        text = "".join(character for character in text if not is_han(character))
    spans, tokens = segmenter.spans(text), segmenter.tokens(text)
    assert not any(token.isspace() for token in tokens)
    if spans:
        place = data.draw(st.integers(0, len(spans) - 1))
        assert segmenter.tokens(without(text, [spans[place]])) == tokens[:place] + tokens[place + 1 :]


@given(text=TEXTS, longest=st.integers(1, MOST_NGRAMS))
def test_every_length_of_ngrams_has_one_string_a_token(segmenter: Segmenter, text: str, longest: int) -> None:
    tokens, joint = segmenter.tokens(text), segmenter.joint
    columns = ngrams_of(tokens, longest, joint)
    assert columns[0] == tokens
    for length, column in enumerate(columns, start=1):
        assert column == [joint.join(tokens[start : start + length]) for start in range(len(tokens))]
        runs = {tuple(tokens[start : start + length]) for start in range(len(tokens))}
        assert len(set(column)) == len(runs)


@given(text=TEXTS)
def test_a_segmenter_is_rebuilt_from_its_options_and_from_a_pickle(segmenter: Segmenter, text: str) -> None:
    name = next(name for name in segmenters if segmenters.get(name) is type(segmenter))
    rebuilt = build_segmenter(name, json.loads(json.dumps(segmenter.options())))
    assert rebuilt.options() == segmenter.options()
    copied = pickle.loads(pickle.dumps(segmenter))
    assert rebuilt.tokens(text) == copied.tokens(text) == segmenter.tokens(text)


TRAINING = [
    "Don't look, it’s 3.14 and 1,000 <br /> times",
    "我来到北京清华大学，卡拉OK和C++",
    "憂鬱的臺灣烏龜 ８０％ ＡＢＣ",
]


@pytest.fixture(scope="module", params=product((1, MOST_NGRAMS), CASES), ids=lambda case: str(case)[:60])
def encoder(request: pytest.FixtureRequest) -> TextEncoder:
    """Every segmenter behind all normalisers at once but for letters_only, which would leave it little to do."""
    ngrams, (name, options) = request.param
    settings = TextSettings(
        normalisers=tuple(normaliser for normaliser in normalisers if normaliser != "letters_only"),
        segmenter=name,
        segmenter_options=options,
        ngrams=ngrams,
        stop_words=True,
        min_count=1,
    )
    return TextEncoder.learn(settings, TRAINING)


@given(text=ANY_TEXT)
def test_ids_fit_the_vocabularies_and_the_spans(encoder: TextEncoder, text: str) -> None:
    ids, tokens = encoder.encode(text), encoder.tokens(text)
    assert ids.dtype == np.int32
    assert ids.shape == (max(1, len(tokens)), encoder.features)
    assert len(encoder.spans(text)) == len(tokens)
    assert (ids >= 0).all()
    assert (ids < [len(vocabulary) for vocabulary in encoder.vocabularies]).all()


@given(texts=st.lists(TEXTS, max_size=6), limit=st.none() | st.integers(1, 5))
def test_many_texts_at_once_are_the_texts_one_by_one(encoder: TextEncoder, texts: list[str], limit: int | None) -> None:
    alone = [encoder.encode(text) for text in texts]
    encoded = encoder.encode_many(iter(texts), max_tokens=limit)
    assert [ids.tolist() for ids in encoded] == [ids[:limit].tolist() for ids in alone]
    assert encoded.dropped_tokens == sum(map(len, alone)) - encoded.lengths.sum()


@given(text=TEXTS)
def test_an_encoder_is_rebuilt_from_its_config_and_from_a_pickle(encoder: TextEncoder, text: str) -> None:
    config = encoder.to_config()
    rebuilt = TextEncoder.from_config(json.loads(json.dumps(config)), encoder.vocabularies)
    assert json.dumps(rebuilt.to_config()) == json.dumps(config)
    copied = pickle.loads(pickle.dumps(encoder))
    assert encoder.encode(text).tolist() == rebuilt.encode(text).tolist() == copied.encode(text).tolist()
