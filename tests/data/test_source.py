from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from reread.data.read import open_rows
from reread.data.source import Source, split_suffixes
from reread.errors import DataError


def test_files_that_are_not_there(make: Any, tmp_path: Path) -> None:
    make("reviews.csv", "text\na\n")
    Path("folder.csv").mkdir()
    with pytest.raises(DataError, match=r'^review.csv: no such file; did you mean "reviews.csv"\?$'):
        open_rows("review.csv")
    for name in ("nowhere/x.csv", "novel.csv", "x.csv"):
        with pytest.raises(DataError, match=rf"^{name}: no such file$"):
            open_rows(name)
    with pytest.raises(DataError, match=r"^new/\*.csv: no file matches this pattern$"):
        open_rows("new/*.csv")
    with pytest.raises(DataError, match=r"^re\*.csv: no such file; it is a pattern of 1 file, which a shell expands"):
        open_rows("re*.csv")
    with pytest.raises(DataError, match=r"^https://a.org/b.csv: is an address, and files are read from this machine"):
        open_rows("https://a.org/b.csv")
    with pytest.raises(DataError, match=r"^folder.csv: is a folder; name a file in it$"):
        open_rows("folder.csv")
    with pytest.raises(DataError, match="not a path to a file"):
        open_rows("a\0b.csv")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="everyone may read everything here")
def test_no_permission(make: Any) -> None:
    Path(make("a.csv", "text\na\n")).chmod(0)
    with pytest.raises(DataError, match=r"^a.csv: cannot be read \(Permission denied\)$"):
        open_rows("a.csv")


def test_no_permission_seen_by_root(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    name = make("a.csv", "text\na\n")

    def refuse(*args: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DataError, match=r"^a.csv: cannot be read \(Permission denied\)$"):
        open_rows(name)


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes")
def test_a_pipe_is_read_once_and_iterated_often(make: Any, tmp_path: Path) -> None:
    make("other.csv", "text\n")
    os.mkfifo("pipe.csv")
    writer = threading.Thread(target=Path("pipe.csv").write_bytes, args=(b"text\na\nb\n",))
    writer.start()
    rows = open_rows("pipe.csv")
    writer.join()
    assert [row.values["text"] for row in rows] == [row.values["text"] for row in rows] == ["a", "b"]


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes")
def test_a_spooled_source_can_be_read_from_the_end(make: Any) -> None:
    make("other", "")
    os.mkfifo("pipe")
    writer = threading.Thread(target=Path("pipe").write_bytes, args=(b"0123456789",))
    writer.start()
    source = Source("pipe")
    writer.join()
    with source.open_seekable() as one, source.open_seekable() as other:
        assert (one.seek(-3, os.SEEK_END), one.read(), other.read(4)) == (7, b"789", b"0123")


@pytest.mark.parametrize(
    ("path", "suffixes"),
    [
        ("a.csv", (".csv", "")),
        ("some.folder/a.CSV.GZ", (".csv", ".gz")),
        ("a.b.jsonl.zst", (".jsonl", ".zst")),
        ("-", ("", "")),
        ("a.gz", ("", ".gz")),
        ("a.csv.zip", (".csv", ".zip")),
    ],
)
def test_suffixes(path: str, suffixes: tuple[str, str]) -> None:
    assert split_suffixes(path) == suffixes
