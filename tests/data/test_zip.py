from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from reread.data.read import open_rows
from reread.data.write import open_writer
from reread.errors import DataError

ROWS = "text,label\na,x\n"


def archive(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("name", "inside"), [("a.zip", "b.csv"), ("a.csv.zip", "a.csv"), ("a.csv", "folder/b.csv"), ("a.zip", "B.CSV")]
)
def test_the_one_file_of_an_archive_is_read_as_its_name_says(tmp_path: Path, name: str, inside: str) -> None:
    path = archive(tmp_path / name, {"folder/": "", inside: ROWS, "__MACOSX/._b.csv": "x", "folder/.DS_Store": "x"})
    rows = open_rows(path)
    assert rows.format == "csv"
    assert [row.values for row in rows] == [row.values for row in rows] == [{"text": "a", "label": "x"}]


def test_parquet_and_json_lines_are_read_there_too(tmp_path: Path) -> None:
    with open_writer(tmp_path / "a.parquet", ["text"]) as writer:
        writer.write({"text": "a"})
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.write(tmp_path / "a.parquet", "a.parquet")
    assert [row.values for row in open_rows(tmp_path / "a.zip")] == [{"text": "a"}]
    assert open_rows(archive(tmp_path / "b.zip", {"a.jsonl": '{"text": "a"}\n'})).format == "jsonl"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.csv": ROWS, "b.csv": ROWS}, "holds a.csv, b.csv; expected a zip archive of one file"),
        ({"folder/": ""}, "holds no file; expected a zip archive of one file"),
        ({"a.doc": "x"}, 'the suffix ".doc" is unknown'),
    ],
)
def test_other_archives_are_refused(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        open_rows(archive(tmp_path / "a.zip", files))


def test_damaged_and_encrypted_archives_are_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"a.csv": ROWS * 100})
    content = path.read_bytes()
    path.write_bytes(content[:-10])
    with pytest.raises(DataError, match="the zip archive is damaged"):
        open_rows(path)
    start = content.index(b"a.csv") + len(b"a.csv")
    path.write_bytes(content[:start] + bytes(20) + content[start + 20 :])
    with pytest.raises(DataError, match="the compressed data is damaged"):
        open_rows(path)
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a.csv", ROWS)
    flags = path.read_bytes().index(b"PK\x01\x02") + 8
    content = path.read_bytes()
    path.write_bytes(content[:flags] + b"\x01" + content[flags + 1 :])
    with pytest.raises(DataError, match=r"a\.csv is encrypted"):
        open_rows(path)


def test_names_that_are_no_text_and_other_ways_of_packing_are_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"é.csv": ROWS})
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xc0\xc0"))
    with pytest.raises(DataError, match="the zip archive is damaged"):
        open_rows(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as made:
        made.writestr("a.csv", ROWS)
    with pytest.raises(DataError, match=r"a\.csv is packed in a way that is not read"):
        open_rows(path)


def test_answers_are_not_written_as_zip(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="zip archives are read and not written"):
        open_writer(tmp_path / "a.csv.zip", ["text"])
