"""Texts larger than memory and disk are refused before they are read."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from reread.data.read import open_rows
from reread.data.request import ColumnRequest
from reread.data.room import check_room, share_of_texts
from reread.errors import DataError

REQUEST = ColumnRequest()


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "data.csv"
    path.write_text("text,label,other\n" + ("a long text " * 10 + ",yes," + "x" * 116 + "\n") * 2000, encoding="utf-8")
    return str(path)


def test_only_the_texts_count(file: str) -> None:
    assert share_of_texts(open_rows(file), REQUEST) == pytest.approx(0.5, abs=0.02)


def test_what_neither_memory_nor_disk_holds_is_refused(file: str) -> None:
    rows = open_rows(file)
    with pytest.raises(DataError) as told:
        check_room(rows, [file], REQUEST, 10_000, lambda _: 50_000)
    assert str(told.value) == (
        f"{file}: its texts need about less than 1 MB of temporary files in {tempfile.gettempdir()}, where less than "
        "1 MB are free; make room, or name another folder in TMPDIR"
    )


def test_what_memory_or_disk_hold_is_read(file: str) -> None:
    rows = open_rows(file)
    check_room(rows, [file], REQUEST, 10_000_000, lambda _: 0)
    check_room(rows, [file], REQUEST, 10_000, lambda _: 500_000)
    check_room(rows, [file], REQUEST, 10_000)


def test_a_folder_of_temporary_files_that_is_not_there_is_not_passed_over(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", "/nowhere/at/all")
    with pytest.raises(DataError, match="TMPDIR names /nowhere/at/all, where no temporary files can be written"):
        check_room(open_rows(file), [file], REQUEST, 10_000)
    check_room(open_rows(file), [file], REQUEST, 10_000_000)
