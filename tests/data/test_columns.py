from __future__ import annotations

import pytest

from reread.data.columns import LABEL_COLUMNS, NUMBER_COLUMNS, TEXT_COLUMNS, choose_column, listed
from reread.errors import DataError


def test_the_one_with_a_usual_name() -> None:
    assert choose_column(["id", " Review", "label"], None, TEXT_COLUMNS, "text") == " Review"
    assert choose_column(["id", "评论", "标签"], None, LABEL_COLUMNS, "label") == "标签"
    for text, label in (("內容", "標籤"), ("評論", "類別"), ("標題", "情感"), ("文本", "標籤")):
        assert choose_column(["編號", text, label], None, TEXT_COLUMNS, "text") == text
        assert choose_column(["編號", text, label], None, LABEL_COLUMNS, "label") == label
    for number in ("評分", "分數"):
        assert choose_column(["評論", number], None, NUMBER_COLUMNS, "target") == number


def test_the_one_that_was_asked_for() -> None:
    assert choose_column(["text", "other"], "other", TEXT_COLUMNS, "text") == "other"


def test_the_one_of_training() -> None:
    assert choose_column(["text", "other"], None, TEXT_COLUMNS, "text", trained="other") == "other"
    assert choose_column(["text", "other"], None, TEXT_COLUMNS, "text", trained="gone") == "text"
    assert choose_column(["text", "other"], "text", TEXT_COLUMNS, "text", trained="other") == "text"


@pytest.mark.parametrize(
    ("columns", "asked", "message"),
    [
        (["a", "b"], None, "text: no column has a usual name; name one. Columns: a, b"),
        (["text", "title"], None, r"text: several columns could be meant \(text, title\)"),
        (["Text", "b"], "text", 'text: there is no column "text". Did you mean "Text"? Columns: Text, b'),
        (["reveiw"], "review", 'Did you mean "reveiw"'),
        (["x"], "completely else", 'text: there is no column "completely else". Columns: x'),
    ],
)
def test_asked_for_otherwise(columns: list[str], asked: str | None, message: str) -> None:
    with pytest.raises(DataError) as error:
        choose_column(columns, asked, TEXT_COLUMNS, "text")
    assert message.replace("\\", "") in str(error.value)


def test_listed_is_one_short_line() -> None:
    assert listed(["a\nb", "c" * 100]) == f"a\\nb, {'c' * 60}…"
    assert listed([str(i) for i in range(100)]).endswith("39, and 60 more")
