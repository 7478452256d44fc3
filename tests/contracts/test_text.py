"""What every registered normaliser and segmenter promises."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.text.encoder import TextEncoder, TextSettings
from reread.text.normalisers import normalisers
from reread.text.segmenters import build_segmenter, segmenters

ALPHABET = "aZé ßİſΣ09.,'’-_<br/>\n\t\u3000ＡＢ１，漢字汉字乾隆頭髮手机卡拉OK々〇😀👍🏽e\u0301\u200d#&"
texts = st.text(alphabet=ALPHABET, max_size=60) | st.text(max_size=40)


@pytest.mark.parametrize("name", normalisers.names())
@given(text=texts)
def test_a_normaliser_keeps_the_length(name: str, text: str) -> None:
    normalise = normalisers.get(name)()
    assert len(normalise(text)) == len(text)


@pytest.mark.parametrize("name", normalisers.names())
@given(text=texts)
def test_a_normaliser_says_the_same_twice(name: str, text: str) -> None:
    normalise = normalisers.get(name)()
    once = normalise(text)
    assert normalise(once) == once


@pytest.mark.parametrize("name", segmenters.names())
@given(text=texts)
def test_spans_stand_in_order_inside_the_text_one_for_each_token(name: str, text: str) -> None:
    segmenter = build_segmenter(name, {})
    tokens, spans = segmenter.tokens(text), segmenter.spans(text)
    assert len(tokens) == len(spans)
    assert all(tokens)
    ends = [0, *(end for _, end in spans)]
    for (start, end), before in zip(spans, ends, strict=False):
        assert before <= start < end <= len(text)


@pytest.mark.parametrize("name", [name for name in segmenters.names() if name != "letters_digits"])
@given(text=texts)
def test_a_token_is_what_stands_there(name: str, text: str) -> None:
    segmenter = build_segmenter(name, {})
    assert segmenter.tokens(text) == [text[start:end] for start, end in segmenter.spans(text)]


@given(text=texts)
def test_the_cleaning_of_s4_drops_characters_inside_a_token(text: str) -> None:
    segmenter = build_segmenter("letters_digits", {})
    kept = ["".join(c for c in text[start:end] if c.isalnum()) for start, end in segmenter.spans(text)]
    assert ["".join(c for c in token if c.isalnum()) for token in segmenter.tokens(text)] == kept


@pytest.mark.parametrize("name", segmenters.names())
@given(text=texts)
def test_each_feature_has_one_string_a_token(name: str, text: str) -> None:
    segmenter = build_segmenter(name, {})
    tokens = segmenter.tokens(text)
    features = segmenter.features_of(tokens)
    assert len(features) == segmenter.features
    assert all(len(feature) == len(tokens) for feature in features)


@pytest.mark.parametrize("name", segmenters.names())
def test_a_segmenter_is_built_again_from_its_options(name: str) -> None:
    segmenter = build_segmenter(name, {})
    options = json.loads(json.dumps(segmenter.options()))
    assert build_segmenter(name, options).tokens("It's a 手机 3.14") == segmenter.tokens("It's a 手机 3.14")


@pytest.mark.parametrize("name", segmenters.names())
@given(some=st.lists(texts, min_size=1, max_size=5))
def test_encoding_many_is_encoding_each(name: str, some: list[str]) -> None:
    encoder = TextEncoder.learn(TextSettings(segmenter=name, min_count=1), some)
    together = encoder.encode_many(some)
    assert [ids.tolist() for ids in together] == [encoder.encode(text).tolist() for text in some]
    assert all(len(ids) == max(1, len(encoder.spans(text))) for ids, text in zip(together, some, strict=True))


@pytest.mark.parametrize("name", segmenters.names())
@given(text=texts)
def test_a_configured_encoder_answers_the_same(name: str, text: str) -> None:
    encoder = TextEncoder.learn(TextSettings(segmenter=name, min_count=1), [text, "a 手机"])
    again = TextEncoder.from_config(json.loads(json.dumps(encoder.to_config())), encoder.vocabularies)
    assert again.encode(text).tolist() == encoder.encode(text).tolist()
