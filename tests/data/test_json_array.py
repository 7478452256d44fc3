from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.data.formats import json_array
from reread.data.formats.json_array import array_values
from reread.data.read import open_rows

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(VALUES), st.integers(1, 7), st.sampled_from([None, 0, 2]))
def test_the_values_are_those_that_were_written_wherever_the_text_is_cut(
    values: list[object], piece: int, indent: int | None
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_array, "_PIECE", piece)
        written = json.dumps(values, indent=indent, ensure_ascii=False)
        assert [json.loads(value) for value in array_values(io.StringIO(written), "a.json")] == values


def test_an_array_is_rows_counted_as_objects(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('\ufeff\n[{"text": "a"},\n {"text": "b", "label": 1}, 3]', encoding="utf-8")
    rows = open_rows(path)
    assert rows.columns == ("text", "label")
    assert [(row.line, row.values, row.problem) for row in rows] == [
        (1, {"text": "a", "label": None}, None),
        (2, {"text": "b", "label": 1}, None),
        (3, {}, "is JSON but no object: 3"),
    ]
    assert rows.place(3) == f"{path}, object 3"
