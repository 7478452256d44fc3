"""Arrow batches in, the same rows out, with the answers that `reread predict` gives."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pytest

from reread import DataError, load
from reread.data.rows import Row
from reread.model.base import Model
from reread.model.rows import answer_columns, answer_rows
from reread.scoring import batches
from reread.scoring.batches import answer_schema
from support import folders

pytestmark = pytest.mark.usefixtures("one_thread")
KEPT = folders.DATA / "folders_2026_11"
KINDS = ["classes", "numbers", "labels", "order", "joint", "blend", "../folders_2026_12/stack"]
TEXTS = ["a lovely film", " ", "a dull book", None, "", "the film was dull", "好看"]


def opened(kind: str) -> Model:
    return load(KEPT / f"{kind}.reread", threads=1)


def batch_of(texts: list[Any], **columns: list[Any]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({**columns, "text": pa.array(texts, pa.string())})


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_is_answered_as_rows_are(kind: str) -> None:
    model, batch = opened(kind), batch_of(TEXTS, id=list(range(len(TEXTS))))
    answered = model.answer_batch(batch)
    rows = list(answer_rows((Row(1, row) for row in batch.to_pylist()), "text", model))
    assert answered.to_pylist() == rows
    assert answered.schema.names == ["id", "text", *answer_columns(model)]


@pytest.mark.parametrize("kind", KINDS)
def test_types_do_not_depend_on_the_rows(kind: str) -> None:
    model = opened(kind)
    schema = answer_schema(batch_of([]).schema, model.postprocessor)
    for texts in ([], [None], ["a lovely film"], TEXTS):
        assert model.answer_batch(batch_of(texts)).schema == schema


def test_a_large_batch_is_answered_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    model, batch = opened("classes"), batch_of(TEXTS * 3)
    whole = model.answer_batch(batch)
    monkeypatch.setattr(batches, "CHUNK", 4)
    pieces = model.answer_batch(batch)
    assert pieces["prediction"] == whole["prediction"]
    assert pieces["error"] == whole["error"]
    assert pieces.num_rows == len(TEXTS) * 3


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())])
def test_texts_of_every_type_of_string(kind: pa.DataType) -> None:
    model = opened("classes")
    batch = pa.RecordBatch.from_arrays([pa.array(TEXTS, pa.string()).cast(kind)], ["text"])
    assert model.answer_batch(batch)["prediction"] == model.answer_batch(batch_of(TEXTS))["prediction"]


def test_what_is_no_text_has_an_error_and_keeps_its_place() -> None:
    model = opened("classes")
    raw = pa.array([b"a lovely film", b"\xff\xfe", None], pa.binary())
    strings = pa.StringArray.from_buffers(3, raw.buffers()[1], raw.buffers()[2], raw.buffers()[0])
    answered = model.answer_batch(pa.RecordBatch.from_arrays([strings], ["text"]))
    assert answered["error"].to_pylist() == ["", "text is bytes, expected a string", "text is missing"]
    assert answered["prediction"].is_null().to_pylist() == [False, True, True]
    numbers = pa.RecordBatch.from_pydict({"text": [1, 2]})
    assert set(model.answer_batch(numbers)["error"].to_pylist()) == {"text is a number, expected a string"}


def test_a_slice_of_a_batch_and_metadata_are_kept() -> None:
    model = opened("classes")
    batch = batch_of(TEXTS).replace_schema_metadata({"by": "hand"})
    answered = model.answer_batch(batch.slice(2, 4))
    assert answered["text"].to_pylist() == TEXTS[2:6]
    assert answered.schema.metadata == {b"by": b"hand"}


def test_columns_are_found_by_name_or_refused() -> None:
    model = opened("classes")
    reviews = pa.RecordBatch.from_pydict({"review": ["good"], "note": ["bad"]})
    assert model.answer_batch(reviews)["prediction"] == model.answer_batch(reviews, text="review")["prediction"]
    with pytest.raises(DataError, match='no column "body"'):
        model.answer_batch(reviews, text="body")
    with pytest.raises(DataError, match='"prediction" already'):
        model.answer_batch(pa.RecordBatch.from_pydict({"text": ["good"], "prediction": ["pos"]}))
    with pytest.raises(DataError, match='"text" appears twice'):
        model.answer_batch(pa.RecordBatch.from_arrays([pa.array(["a"]), pa.array(["b"])], ["text", "text"]))


def test_what_is_asked_for_is_a_column() -> None:
    answered = opened("order").answer_batch(batch_of(TEXTS), sets=0.5, abstain_below=0.99)
    assert pa.types.is_list(answered.schema.field("set").type)
    assert pa.types.is_boolean(answered.schema.field("abstained").type)


def test_many_threads_answer_the_same() -> None:
    model = opened("classes")
    expected = model.answer_batch(batch_of(TEXTS))
    with ThreadPoolExecutor(8) as pool:
        for answered in pool.map(lambda _: model.answer_batch(batch_of(TEXTS)), range(32)):
            assert answered == expected
