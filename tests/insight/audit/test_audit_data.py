from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import DataError
from reread.insight.audit.audit_data import AuditData, Joined

Make = Callable[..., AuditData]


@given(st.lists(st.lists(st.text(max_size=3), max_size=4), min_size=1, max_size=5))
def test_joined_texts_are_one_list(parts: list[list[str]]) -> None:
    joined, whole = Joined(parts), [text for part in parts for text in part]
    assert len(joined) == len(whole)
    assert list(joined) == whole
    assert [joined[row] for row in range(-len(whole), len(whole))] == whole + whole
    assert joined[1:-1] == whole[1:-1]
    with pytest.raises(IndexError):
        _ = joined[len(whole)]


def test_rows_of_files_are_numbered_through(audit_data_of: Make) -> None:
    audited = audit_data_of(["a", "b"], ["c", "d", "e"], labels=[["x", "y"]])
    assert audited.file_numbers.tolist() == [0, 0, 1, 1, 1]
    assert [audited.place(row)[1] for row in range(5)] == [1, 2, 1, 2, 3]
    assert [audited.label(row) for row in range(5)] == ["x", "y", None, None, None]
    rows, values = audited.target("label")
    assert (rows.tolist(), values) == ([0, 1], ["x", "y"])
    assert np.array_equal(audited.text_numbers, np.unique(audited.keys, return_inverse=True)[1])
    with pytest.raises(DataError, match="there is no row 5; there are 5"):
        audited._part(5)
