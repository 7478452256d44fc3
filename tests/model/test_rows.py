import pytest

from reread import load
from reread.data.rows import Row
from reread.model.rows import CHUNK, SCORES, answer_columns, answer_rows, chunks
from reread.scoring.predict_options import PredictOptions
from support import folders

pytestmark = pytest.mark.usefixtures("one_thread")
KEPT = folders.DATA / "folders_2026_11"


def sizes(count: int, scores: int) -> list[int]:
    rows = [Row(line, {"text": "good"}) for line in range(count)]
    return [len(chunk) for chunk in chunks(rows, "text", scores)]


def test_rows_with_many_scores_are_answered_in_smaller_chunks_so_that_memory_does_not_grow_with_the_classes() -> None:
    assert sizes(5, SCORES // 2) == [2, 2, 1]
    assert sizes(3, 2 * SCORES) == [1, 1, 1]


def test_rows_with_few_scores_come_by_the_chunk() -> None:
    assert sizes(CHUNK + 1, 2) == [CHUNK, 1]


ROWS = [
    Row(1, {"text": "a lovely film", "id": "1"}),
    Row(2, {"text": " ", "id": "2"}),
    Row(3, {"text": 7, "id": "3"}),
    Row(4, {}, problem="it has 3 cells, the header 2"),
    Row(5, {"text": "a dull book", "id": "5"}),
    Row(6, {"text": None, "id": "6"}),
]


@pytest.mark.parametrize("kind", ["classes", "numbers", "joint", "blend", "../folders_2026_12/stack"])
def test_every_row_in_is_one_row_out_with_an_answer_or_an_error(kind: str) -> None:
    model = load(KEPT / f"{kind}.reread", threads=1)
    added = answer_columns(model)
    rows = list(answer_rows(iter(ROWS), "text", model))
    assert [row.get("id") for row in rows] == ["1", "2", "3", None, "5", "6"]
    errors = [row["error"] for row in rows]
    assert errors == [
        "", "text is only white space", "text is a number, expected a string", "it has 3 cells, the header 2", "", "text is missing",
    ]  # fmt: skip
    for row in rows:
        answers = [row[name] for name in added if name != "error"]
        assert all(each is None for each in answers) == bool(row["error"])
    alone = model.postprocessor.columns(model.scores(["a lovely film", "a dull book"]))
    for name, values in alone.items():
        assert [rows[0][name], rows[4][name]] == values


def test_what_is_asked_for_is_a_column() -> None:
    model = load(KEPT / "order.reread", threads=1)
    asked = PredictOptions(sets=0.5, abstain_below=0.9)
    assert {"set", "abstained", "error"} <= set(answer_columns(model, asked))
    (row,) = answer_rows(ROWS[:1], "text", model, asked)
    assert isinstance(row["set"], list)


def test_no_rows_give_none() -> None:
    assert list(answer_rows([], "text", load(KEPT / "classes.reread", threads=1))) == []
