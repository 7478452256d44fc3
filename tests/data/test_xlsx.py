from __future__ import annotations

import logging
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reread.data.formats import xlsx
from reread.data.read import open_rows
from reread.data.write import open_writer
from reread.errors import DataError, MissingExtraError


def workbook(path: Path, *sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_sheet_is_rows_with_the_numbers_that_excel_shows(tmp_path: Path) -> None:
    day = datetime(2026, 12, 4)  # noqa: DTZ001  # a sheet knows no zones
    rows = [["text", "label", "at"], ["a", "x", day], [], ["b", 2, None], [12, True, 1.5]]
    found = open_rows(workbook(tmp_path / "a.xlsx", rows))
    assert found.columns == ("text", "label", "at")
    assert [(row.line, *row.values.values()) for row in found] == [
        (2, "a", "x", "2026-12-04 00:00:00"),
        (4, "b", "2", None),
        (5, "12", "TRUE", "1.5"),
    ]
    assert found.place(4) == f"{tmp_path / 'a.xlsx'}, row 4"


def test_errors_and_cells_without_a_column_are_problems_of_their_rows(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["text", "label"], ["a", "#N/A"], ["b", "x", "more"], ["c", "y"]])
    problems = [row.problem for row in open_rows(path)]
    assert problems == ["holds the error #N/A", "has cells beyond the last column that has a name", None]


def test_the_first_sheet_with_cells_is_read_and_the_others_are_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = workbook(tmp_path / "a.xlsx", [], [["text"], ["a"]], [["other"], ["b"]])
    with caplog.at_level(logging.WARNING):
        assert [row.values for row in open_rows(path)] == [{"text": "a"}]
    assert "the sheet Sheet1 is read, not the others: Sheet2" in caplog.text


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "its sheets are empty"),
        ([["text"]], "holds no rows"),
        ([["text", None, "label"], ["a", "b", "c"]], "column 2 has no name in its first row"),
        ([["text", "text"], ["a", "b"]], 'the column "text" appears twice'),
    ],
)
def test_what_is_no_table_is_said(tmp_path: Path, rows: list[list[Any]], message: str) -> None:
    with pytest.raises(DataError, match=rf"a\.xlsx: {message}"):
        open_rows(workbook(tmp_path / "a.xlsx", rows))


def test_a_workbook_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "a.xlsx", [["text"], ["a"]])
    monkeypatch.setattr(xlsx, "LARGEST", 100)
    with pytest.raises(DataError, match="MiB when unpacked"):
        open_rows(path)


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    path, damaged = workbook(tmp_path / "a.xlsx", [["text"], ["a"]]), tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(damaged, "w") as torn:
        for name in whole.namelist():
            content = whole.read(name)
            torn.writestr(name, content[:100] if "sheet1" in name else content)
    with pytest.raises(DataError, match="cannot be read as a spreadsheet"):
        open_rows(damaged)


def test_the_extra_is_named_where_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "a.xlsx", [["text"], ["a"]])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtraError, match=r"reread\[xlsx\]"):
        open_rows(path)


def test_answers_are_not_written_as_a_sheet(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="read and not written"), open_writer(tmp_path / "a.xlsx", ["text"]):
        pass
