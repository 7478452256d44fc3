"""The linear member in a folder's files, of today's and of the first ones."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save as save_tensors

from reread.baseline.linear import LinearModel
from reread.baseline.stored import baseline_from_parts, read_baseline
from reread.errors import BundleError
from reread.text.encoder import TextEncoder, TextSettings
from support.linear import FOLD, TARGETS, TEXTS, fitted

NEW = ["a good, boring film", "GOOD <br/> fun", "", "\ud83d \udc00"]
WHERE = "the folder's baseline cannot be read: "


def model() -> LinearModel:
    return fitted()[1].model


def files(description: Any, arrays: dict[str, NDArray[Any]]) -> dict[str, bytes]:
    written = json.dumps(description, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return {"baseline.json": written, "baseline.safetensors": save_tensors(arrays)}


def refused(description: Any, arrays: dict[str, NDArray[Any]], message: str) -> None:
    with pytest.raises(BundleError, match=f"^{re.escape(WHERE + message)}") as caught:
        read_baseline(files(description, arrays))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_parts_and_files_answer_the_same_to_the_bit(name: str) -> None:
    own = fitted(name)[1].model
    read = read_baseline(files(own.description(), own.arrays()))
    assert read is not None
    for again in (baseline_from_parts(own.description(), own.arrays()), read):
        assert np.array_equal(again.scores([*TEXTS, *NEW]), own.scores([*TEXTS, *NEW]))
        assert (again.chosen, again.limits, again.kinds) == (own.chosen, own.limits, own.kinds)
        assert again.sample_texts() == own.sample_texts()
    assert read_baseline(files(read.description(), read.arrays())) is not None


def test_platt_scaling_under_its_former_name_is_read() -> None:
    own = fitted(fold=FOLD)[1].model
    description = own.description()
    facts = {"settled" if name == "platt_scaling" else name: fact for name, fact in description["facts"].items()}
    read = read_baseline(files({**description, "facts": facts}, own.arrays()))
    assert read is not None
    assert np.array_equal(read.scores(TEXTS), own.scores(TEXTS))
    assert read.facts == own.facts
    assert [each.to_config() for each in read.platt_scaling] == [each.to_config() for each in own.platt_scaling]
    assert len(read.platt_scaling) == 1


def test_where_none_was_trained_there_is_none() -> None:
    assert read_baseline(files({}, {})) is None


def changed(path: list[Any], value: Any) -> dict[str, Any]:
    """The description with one entry changed."""
    description = json.loads(json.dumps(model().description()))
    *way, last = path
    place = description
    for each in way:
        place = place[each]
    place[last] = value
    return dict(description)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["kinds"], None, "baseline.json: kinds = null: expected a list"),
        (["kinds"], ["words"], 'baseline.json: kinds = "words": expected a table'),
        (["facts"], 1, "baseline.json: facts = 1: expected a table"),
        (["kinds", 0, "kind"], "wrds", 'unknown kind of n-grams "wrds". Did you mean "words"'),
        (["kinds", 0, "kind"], None, "baseline.json: kind = null: expected a text"),
        (["kinds", 0, "text"], None, "baseline.json: words: text = null: expected a table"),
        (["kinds", 0, "text"], {"segmenter": "wrds"}, 'unknown segmenter "wrds". Did you mean "words"'),
        (["kinds", 0, "tokens"], "film", 'baseline.json: words: tokens = "film": expected a list'),
        (["kinds", 0, "tokens"], ["a", "a"], "DataError vocabulary: token 'a' occurs twice"),
        (["kinds", 0, "longest"], 4, "lengths of n-grams [1, 4]: expected the least and the most, from 1 to 3"),
        (["kinds", 0, "longest"], 0, "lengths of n-grams [1, 0]: expected the least and the most, from 1 to 3"),
        (["kinds", 0, "longest"], 2, "words.scale is float32 "),
        (["kinds", 1, "lengths"], [2], "lengths of n-grams [2]: expected the least and the most, from 1 to 5"),
        (["kinds", 1, "lengths"], [0, 5], "lengths of n-grams [0, 5]: expected the least and the most, from 1 to 5"),
        (["kinds", 1, "lengths"], [1, 5], "the n-grams of length 1 are not rising whole numbers"),
        (["kinds", 1, "lengths"], [2.5, 5], "baseline.json: characters: lengths = 2.5: expected a whole number"),
        (["kinds", 1, "alphabet"], " abca", "baseline.json: an alphabet of 5 characters: expected a space and at most 4,094 others, each once"),
        (["kinds", 1, "alphabet"], "abc", "baseline.json: an alphabet of 3 characters: expected a space"),
        (["kinds", 1, "alphabet"], " " + "".join(map(chr, range(0x4E00, 0x4E00 + 4095))), "baseline.json: an alphabet of 4,096 characters"),
    ],
)  # fmt: skip
def test_odd_descriptions_are_refused(path: list[Any], value: Any, message: str) -> None:
    refused(changed(path, value), model().arrays(), message)


@pytest.mark.parametrize("description", [1, "kinds", ["kinds"], {"facts": {}}])
def test_what_is_no_description_is_refused(description: Any) -> None:
    refused(description, {}, "")


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("weights", lambda _: None, "KeyError 'weights'"),
        ("words.scale", lambda _: None, "KeyError 'words.scale'"),
        ("words.2", lambda _: None, "the n-grams of length 2 are not rising whole numbers"),
        ("words.2", lambda array: array[::-1].copy(), "the n-grams of length 2 are not rising whole numbers"),
        ("words.2", lambda array: array.astype(np.float64), "the n-grams of length 2 are not rising whole numbers"),
        ("words.2", lambda array: array[:-1], "words.scale is float32 "),
        ("words.scale", lambda array: array.astype(np.float64), "words.scale is float64 "),
        ("characters.scale", lambda array: array[None], "characters.scale is float32 (1, "),
        ("weights", lambda array: array[1:], "weights are float32 "),
        ("weights", lambda array: array.astype(np.float16), "weights are float16 "),
        ("weights", lambda array: array[:, :1].copy(), "weights are float32 "),
        ("intercept", lambda array: array.astype(np.float64), "intercept is float64 (2,); expected float32 (scores,)"),
        ("intercept", lambda array: array[None], "intercept is float32 (1, 2); expected float32 (scores,)"),
        ("intercept", lambda array: array[:1], "weights are float32 "),
    ],
)
def test_odd_arrays_are_refused(name: str, change: Any, message: str) -> None:
    own = model()
    arrays = own.arrays()
    found = change(arrays.pop(name))
    refused(own.description(), arrays if found is None else {**arrays, name: found}, message)


def test_torn_files_are_refused() -> None:
    own = model()
    whole = files(own.description(), own.arrays())
    for name, content in whole.items():
        for part in (content[: len(content) // 2], b"", b"\xff" + content):
            with pytest.raises(BundleError, match=f"^{re.escape(WHERE)}"):
                read_baseline({**whole, name: part})
    with pytest.raises(BundleError, match=f"^{re.escape(WHERE)}"):
        read_baseline({"baseline.json": b"[" * 100_000, "baseline.safetensors": b""})


def first(kind: str = "words") -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """A linear model as the first folders hold one, its n-grams in no order."""
    features = {"words": ["film", "a good", "good", "a"], "characters": ["足球", "赛", "足", "足球赛"]}[kind]
    settings = TextSettings.for_language("en" if kind == "words" else "zh", segmenter=kind)
    description = {
        "text": TextEncoder(settings).to_config(), "grams": kind, "features": features, "facts": {"rows": 24, "seconds": 0.1}
    }  # fmt: skip
    idf = np.array([1.0, 3.0, 2.0, 1.5], np.float32)
    weights = np.arange(8, dtype=np.float32).reshape(4, 2) / 4
    return description, {"idf": idf, "weights": weights, "intercept": np.array([0.1, -0.1], np.float32)}


@pytest.mark.parametrize(
    ("kind", "text", "counts"),
    [
        ("words", "A good, good film", [1, 1, 2, 1]),
        ("words", "a film", [1, 0, 0, 1]),
        ("words", "nothing else", [0, 0, 0, 0]),
        ("characters", "足球赛足", [1, 1, 2, 1]),
    ],
)
def test_a_first_folder_s_model_scores_by_the_formula(kind: str, text: str, counts: list[int]) -> None:
    description, arrays = first(kind)
    read = read_baseline(files(description, arrays))
    assert read is not None
    values = np.array([1 + np.log(count) if count else 0 for count in counts]) * arrays["idf"]
    size = np.sqrt((values**2).sum()) or 1
    expected = values / size @ arrays["weights"] + arrays["intercept"]
    np.testing.assert_allclose(read.scores([text])[0], expected, rtol=1e-5)
    again = baseline_from_parts(read.description(), read.arrays())  # as folders are written today
    assert np.array_equal(again.scores([text]), read.scores([text]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": None}, "baseline.json: text = null: expected a table"),
        ({"grams": "wrds"}, 'baseline.json: grams = "wrds": expected words or characters'),
        ({"grams": ["words"]}, 'baseline.json: grams = ["words"]: expected a text'),
        ({"features": []}, "idf of shape (4,) for 0 n-grams; expected (0,)"),
        ({"features": ["a", "b", "c"]}, "idf of shape (4,) for 3 n-grams; expected (3,)"),
        ({"features": ["a", "b", "a", "c"]}, "the n-grams of length 1 are not rising whole numbers"),
        ({"features": ["a", "b", "c", "a b c a"]}, "lengths of n-grams [1, 4]: expected the least and the most, from 1 to 3"),
        ({"features": 3}, "baseline.json: features = 3: expected a list"),
        ({"facts": 1}, "baseline.json: facts = 1: expected a table"),
    ],
)  # fmt: skip
def test_odd_parts_of_a_first_folder_are_refused(change: dict[str, Any], message: str) -> None:
    description, arrays = first()
    refused({**description, **change}, arrays, message)


@pytest.mark.parametrize("name", ["idf", "weights", "intercept"])
def test_odd_arrays_of_a_first_folder_are_refused(name: str) -> None:
    description, arrays = first()
    for array in (arrays[name][:1], arrays[name].astype(np.float64), None):
        rest = {key: value for key, value in arrays.items() if key != name}
        refused(description, rest if array is None else {**rest, name: array}, "")
