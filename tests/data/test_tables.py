from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from reread.data.examples import ColumnRequest, TargetRequest, read_examples
from reread.data.formats import tables
from reread.data.read import open_rows
from reread.data.write import open_writer
from reread.errors import DataError

TABLE = pa.table(
    {"text": ["a", "b", None], "label": pa.array(["x", None, "x"]).dictionary_encode(), "price": [1, 2, 3]}
)
ROWS = [
    {"text": "a", "label": "x", "price": 1},
    {"text": "b", "label": None, "price": 2},
    {"text": None, "label": "x", "price": 3},
]


def test_what_others_write(tmp_path: Path) -> None:
    parquet.write_table(TABLE, tmp_path / "a.parquet", compression="zstd", row_group_size=2)
    feather.write_feather(TABLE, str(tmp_path / "a.feather"), compression="lz4")
    with pa.ipc.new_stream(str(tmp_path / "stream.arrow"), TABLE.schema) as stream:
        stream.write_table(TABLE)
    for name in ("a.parquet", "a.feather", "stream.arrow"):
        rows = open_rows(tmp_path / name)
        assert rows.columns == ("text", "label", "price")
        assert rows.encoding is None
        assert [row.line for row in rows] == [1, 2, 3]
        assert [row.values for row in rows] == ROWS


def test_rows_are_counted_not_lines(tmp_path: Path) -> None:
    parquet.write_table(TABLE, tmp_path / "a.parquet")
    with pytest.raises(DataError, match=r"a.parquet, row 2: the label in column \"label\" is missing"):
        read_examples(tmp_path / "a.parquet", ColumnRequest())


def test_dates_in_any_unit(tmp_path: Path) -> None:
    day = datetime(2024, 1, 31, tzinfo=UTC)
    columns = {
        "text": ["a", "b"],
        "ns": pa.array([day, day + timedelta(seconds=1)], type=pa.timestamp("ns", "UTC")).cast(pa.int64()),
        "s": pa.array([day, day + timedelta(seconds=1)], type=pa.timestamp("s")),
        "d": [date(2024, 1, 31), date(2024, 2, 1)],
    }
    table = pa.table(columns)
    odd = pa.compute.add(table["ns"], 7).cast(pa.timestamp("ns"))
    parquet.write_table(table.set_column(1, "ns", odd), tmp_path / "a.parquet")
    for name in ("ns", "s", "d"):
        examples = read_examples(tmp_path / "a.parquet", ColumnRequest(targets=(), time=name))
        assert examples.times is not None
        assert examples.times[0] == pytest.approx(day.timestamp())
        assert examples.times[1] > examples.times[0]


def test_a_big_record_batch_is_read_in_pieces(tmp_path: Path) -> None:
    table = pa.table({"text": [str(i) for i in range(50_000)]})
    feather.write_feather(table, str(tmp_path / "a.arrow"), chunksize=50_000)
    assert [int(row.values["text"]) for row in open_rows(tmp_path / "a.arrow")] == list(range(50_000))


def test_no_and_double_columns(tmp_path: Path) -> None:
    parquet.write_table(pa.table({}), tmp_path / "none.parquet")
    parquet.write_table(pa.table([[1], [2]], names=["a", "a"]), tmp_path / "two.parquet")
    with pytest.raises(DataError, match=r"none.parquet: has no columns"):
        open_rows(tmp_path / "none.parquet")
    with pytest.raises(DataError, match=r'two.parquet: the column "a" appears twice'):
        open_rows(tmp_path / "two.parquet")


@pytest.mark.parametrize("where", [0.2, 0.5, 0.9])
def test_damage_inside(tmp_path: Path, where: float) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"text": [f"{i * 7919 % 10007} some words" for i in range(50_000)]}), path)
    data = bytearray(path.read_bytes())
    at = int(len(data) * where)
    data[at : at + 2000] = b"\xff" * 2000
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"a.parquet: cannot be read as Parquet"):
        list(open_rows(path))


def test_a_column_of_numbers_is_no_text(tmp_path: Path) -> None:
    parquet.write_table(TABLE, tmp_path / "a.parquet")
    request = ColumnRequest(text="price", targets=(TargetRequest("label"),))
    with pytest.raises(DataError, match=r"a.parquet, row 1: the text in column \"price\" is not a string: 1;"):
        read_examples(tmp_path / "a.parquet", request)


def test_wide_rows_are_written_in_smaller_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_VALUES", 6)
    path = tmp_path / "wide.parquet"
    with open_writer(path, ["a", "b", "c"]) as writer:
        for number in range(5):
            writer.write({"a": number, "b": number, "c": number})
    parts = parquet.ParquetFile(path)
    assert [parts.metadata.row_group(k).num_rows for k in range(parts.num_row_groups)] == [2, 2, 1]
    assert parts.read().column("c").to_pylist() == list(range(5))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (pa.array([2**62], pa.timestamp("s")), "<value out of range: 4611686018427387904>"),
        (pa.array([2**31 - 1], pa.int32()).cast(pa.date32()), "<value out of range: 2147483647>"),
        (pa.array([2**62], pa.duration("s")), "4611686018427387904"),
    ],
)
def test_times_that_python_has_no_date_for_are_texts(tmp_path: Path, column: pa.Array, value: str) -> None:
    feather.write_feather(pa.table({"text": ["a"], "at": column}), str(tmp_path / "a.arrow"))
    assert [row.values for row in open_rows(tmp_path / "a.arrow")] == [{"text": "a", "at": value}]


def test_an_arrow_file_whose_texts_end_before_they_begin_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    feather.write_feather(pa.table({"text": ["abcdefgh"]}), str(path), compression="uncompressed")
    content = bytearray(path.read_bytes())
    offsets = content.rindex(bytes([0, 0, 0, 0, 8, 0, 0, 0]), 0, content.index(b"abcdefgh"))
    content[offsets : offsets + 8] = bytes([8, 0, 0, 0, 0, 0, 0, 0])
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"cannot be read as Arrow .*is it damaged"):
        list(open_rows(path))
