from __future__ import annotations

import numpy as np
import pytest

from reread.errors import ConfigError
from reread.text.encoded import EncodedTextsBuilder
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.language import detect_language


def test_a_text_without_a_token_is_one_unknown_token() -> None:
    encoder = TextEncoder.learn(TextSettings(segmenter="words", min_count=1), ["a film"])
    assert encoder.encode(" ...").tolist() == [[0]]
    assert encoder.encode("a bad film").shape == (3, 1)


def test_spans_point_into_the_original_text() -> None:
    text = "Ｆｉｌｍ<br />İstanbul, the END"
    settings = TextSettings(normalisers=("html_breaks", "half_width", "lower_case"), stop_words=True, min_count=1)
    encoder = TextEncoder.learn(settings, [text])
    spans = encoder.spans(text)
    assert len(spans) == len(encoder.tokens(text))
    assert [text[start:end] for start, end in spans][:2] == ["Ｆｉｌｍ", "İstanbul"]
    assert "the" not in encoder.tokens(text)


def test_pairs_get_a_vocabulary_of_their_own() -> None:
    encoder = TextEncoder.learn(TextSettings.for_language("zh", min_count=1), ["足球赛", "足球"])
    assert encoder.features == len(encoder.vocabularies) == 2
    assert encoder.encode("足球").shape == (2, 2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"segmentr": "words"}, 'unknown setting in text "segmentr". Did you mean "segmenter"'),
        ({"min_count": "two"}, 'text.min_count = "two": expected a whole number'),
        ({"normalisers": ["lower"]}, 'unknown normaliser "lower". Did you mean "lower_case"'),
    ],
)
def test_settings_that_do_not_exist(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        TextEncoder(TextSettings.for_language("en", **changes))


def test_an_unknown_language() -> None:
    with pytest.raises(ConfigError, match='language "fr": expected en or zh'):
        TextSettings.for_language("fr")


def test_a_segmenter_of_ones_own_starts_from_its_own_defaults() -> None:
    assert TextSettings.for_language("en", segmenter="characters").segmenter_options == {}


@pytest.mark.parametrize(
    ("texts", "language"),
    [(["a film"], "en"), (["好看的电影", "iPhone手机 review"], "zh"), ([], "en"), (["12 %"], "en"), (["the 手 review of films"], "en")],
)
def test_the_language_is_found_by_its_script(texts: list[str], language: str) -> None:
    assert detect_language(texts) == language


def test_many_ids_wait_on_disk() -> None:
    random = np.random.default_rng(0)
    texts = [random.integers(0, 9, (length, 2), dtype=np.int32) for length in (3, 1, 7, 2, 9)]
    with EncodedTextsBuilder(2, in_memory=4) as small, EncodedTextsBuilder(2) as large:
        for text in texts:
            small.add(text)
            large.add(text)
        on_disk, in_memory = small.finish(), large.finish()
    assert [ids.tolist() for ids in on_disk] == [ids.tolist() for ids in in_memory] == [text.tolist() for text in texts]


def test_what_a_limit_drops_is_counted() -> None:
    with EncodedTextsBuilder(1, max_tokens=3) as builder:
        for length in (2, 5, 4):
            builder.add(np.ones((length, 1), dtype=np.int32))
        encoded = builder.finish()
    assert encoded.lengths.tolist() == [2, 3, 3]
    assert encoded.dropped_tokens == 3
