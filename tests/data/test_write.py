from __future__ import annotations

import io
import math
import os
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reread.data.read import open_rows
from reread.data.write import open_writer
from reread.errors import DataError, MissingExtraError

FORMATS = ("csv", "tsv", "jsonl", "parquet", "arrow")
COMPRESSIONS = ("", ".gz", ".zst")
COLUMNS = ("text", "the label", "n")
# What text formats cannot hold: NUL, which counts as damage.
TEXT = st.text(
    st.one_of(st.sampled_from('",\t\n\r; a是'), st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
)
ROWS = st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=12)


def write(path: str | Path, rows: list[dict[str, Any]], columns: tuple[str, ...] = COLUMNS) -> None:
    with open_writer(path, columns) as writer:
        for row in rows:
            writer.write(row)


def names(folder: str | Path) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("compression", COMPRESSIONS)
@given(ROWS)
@settings(max_examples=30, deadline=None)
def test_a_written_file_reads_back_the_same(form: str, compression: str, rows: list[tuple[str, ...]]) -> None:
    wanted = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a.{form}{compression}")
        write(path, wanted)
        assert [(row.problem, row.values) for row in open_rows(path)] == [(None, row) for row in wanted]
        assert names(folder) == [path.name]


@pytest.mark.parametrize("form", FORMATS)
@given(st.lists(TEXT, min_size=1))
@settings(max_examples=30, deadline=None)
def test_a_single_column(form: str, texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a.{form}")
        write(path, [{"text": text} for text in texts], ("text",))
        assert [row.values["text"] for row in open_rows(path)] == texts


TYPED = [
    {"text": "a", "the label": ["x", "y"], "n": 1.5},
    {"text": None, "the label": [], "n": -2.0},
    {"text": "是", "the label": None, "n": None},
]


@pytest.mark.parametrize("form", ["jsonl", "parquet", "arrow"])
def test_types_are_kept_where_the_format_has_them(tmp_path: Path, form: str) -> None:
    write(tmp_path / f"a.{form}", TYPED)
    assert [row.values for row in open_rows(tmp_path / f"a.{form}")] == TYPED


def test_types_in_csv(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", [*TYPED, {"text": True, "n": np.float32(0.25)}])
    expected = b'text,the label,n\na,"[""x"", ""y""]",1.5\n,[],-2.0\n\xe6\x98\xaf,,\nTrue,,0.25\n'
    assert (tmp_path / "a.csv").read_bytes() == expected


@pytest.mark.parametrize("form", FORMATS)
def test_numpy_and_odd_values(tmp_path: Path, form: str) -> None:
    write(tmp_path / f"a.{form}", [{"n": np.float64(0.5), "text": Decimal("1.5")}, {"n": np.float64(2)}])
    assert [float(row.values["n"]) for row in open_rows(tmp_path / f"a.{form}")] == [0.5, 2.0]
    write(tmp_path / f"a.{form}", [{"text": "half \ud83d", "n": math.inf}, {"text": "b", "n": math.nan}])
    assert len(list(open_rows(tmp_path / f"a.{form}"))) == 2


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_batches_and_mixed_types(tmp_path: Path, form: str) -> None:
    rows = [
        {"text": f"{i}", "the label": i if i % 2 else "even", "n": None if i < 20_000 else i} for i in range(40_000)
    ]
    write(tmp_path / f"a.{form}", rows)
    back = list(open_rows(tmp_path / f"a.{form}"))
    assert [row.line for row in back] == list(range(1, 40_001))
    assert back[39_999].values == {"text": "39999", "the label": "39999", "n": "39999"}
    with pytest.raises(
        DataError, match=r'column "n" holds values that are not int64, unlike its first ones .* write csv or jsonl'
    ):
        write(tmp_path / f"b.{form}", [{"n": i if i < 20_000 else "x"} for i in range(40_000)])
    assert names(tmp_path) == [f"a.{form}"]


@pytest.mark.parametrize("form", FORMATS)
def test_no_rows_make_a_file_with_columns(tmp_path: Path, form: str) -> None:
    write(tmp_path / f"a.{form}", [])
    assert (tmp_path / f"a.{form}").exists()


def test_equal_rows_make_equal_files(tmp_path: Path) -> None:
    for compression in COMPRESSIONS:
        write(tmp_path / f"a.csv{compression}", TYPED)
        write(tmp_path / f"b.csv{compression}", TYPED)
        assert (tmp_path / f"a.csv{compression}").read_bytes() == (tmp_path / f"b.csv{compression}").read_bytes()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("count", [0, 1, 40_000])
def test_an_error_leaves_what_was_there(tmp_path: Path, form: str, compression: str, count: int) -> None:
    path = tmp_path / f"a.{form}{compression}"
    path.write_bytes(b"before")

    def fail() -> None:
        with open_writer(path, COLUMNS) as writer:
            for i in range(count):
                writer.write({"text": str(i)})
            assert path.read_bytes() == b"before"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert path.read_bytes() == b"before"
    assert names(tmp_path) == [path.name]


FULL_DISK = """
import resource, signal, sys
from reread.data.write import open_writer
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
sys.dont_write_bytecode = True  # Python would keep torn files of it
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    with open_writer(sys.argv[1], ("text",)) as writer:
        for i in range(int(sys.argv[2])):
            writer.write({"text": f"row {i * i * 7919} {hash(str(i))}"})
except OSError as error:
    print(type(error).__name__, error.filename == sys.argv[1], error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit to play a full disk")
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("count", [5_000, 100_000])
def test_a_full_disk_leaves_nothing(tmp_path: Path, form: str, compression: str, count: int) -> None:
    if form in ("parquet", "arrow"):
        pytest.importorskip("pyarrow")
    path = tmp_path / f"a.{form}{compression}"
    command = [sys.executable, "-W", "error", "-c", FULL_DISK, str(path), str(count)]
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COV")}  # no file of its own
    environment = unmeasured | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.startswith("OSError True [Errno 27] File too large")
    assert done.stderr == ""
    assert names(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_device_is_written_to_and_not_replaced() -> None:
    with (
        pytest.raises(OSError, match="No space left on device: '/dev/full'"),
        open_writer("/dev/full", ("text",), format="csv") as writer,
    ):
        writer.write({"text": "a"})
    assert not Path("/dev/full").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("before")
    (tmp_path / "link.csv").symlink_to("real.csv")
    write(tmp_path / "link.csv", [{"text": "a"}], ("text",))
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "text\na\n"


def test_the_file_is_as_open_to_others_as_any(tmp_path: Path) -> None:
    (tmp_path / "any").write_text("")
    write(tmp_path / "a.csv", [{"text": "a"}])
    assert (tmp_path / "a.csv").stat().st_mode == (tmp_path / "any").stat().st_mode


class Stdout(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO())

    def bytes(self) -> bytes:
        self.seek(0)
        return self.buffer.read()


@pytest.mark.parametrize(("form", "content"), [(None, b"text,label\na,1\n"), ("jsonl", b'{"text": "a", "label": 1}\n')])
def test_standard_output(monkeypatch: pytest.MonkeyPatch, form: str | None, content: bytes) -> None:
    stdout = Stdout()
    monkeypatch.setattr(sys, "stdout", stdout)
    with open_writer("-", ("text", "label"), format=form) as writer:
        writer.write({"text": "a", "label": 1})
    assert stdout.bytes() == content


def test_parquet_to_standard_output(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stdout = Stdout()
    monkeypatch.setattr(sys, "stdout", stdout)
    with open_writer("-", ("text",), format="parquet") as writer:
        writer.write({"text": "a"})
    (tmp_path / "a.parquet").write_bytes(stdout.bytes())
    assert [row.values for row in open_rows(tmp_path / "a.parquet")] == [{"text": "a"}]


def test_what_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file").write_text("")
    cases = {
        "folder.csv": "is a folder",
        "nowhere/a.csv": "cannot be written",
        "file/a.csv": "cannot be written",
        "a.txt": "plain text",
    }
    for name, message in cases.items():
        with pytest.raises(DataError, match=message), open_writer(tmp_path / name, ("text",)):
            pass
    with pytest.raises(DataError, match=r'suffix "\.xyz" is unknown'):
        open_writer(tmp_path / "a.xyz", ("text",))
    with pytest.raises(DataError, match='column "a" appears twice'):
        open_writer(tmp_path / "a.csv", ("a", "b", "a"))
    with pytest.raises(DataError, match="no such column: labl; columns: text, label"):
        write(tmp_path / "a.csv", [{"text": "a", "labl": "b"}], ("text", "label"))
    assert names(tmp_path) == ["file", "folder.csv"]


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_without_pyarrow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: str) -> None:
    write(tmp_path / f"a.{form}", [{"text": "a"}])
    for module in ("pyarrow", "pyarrow.parquet", "pyarrow.ipc"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=r'pip install "reread\[parquet\]"'):
        open_rows(tmp_path / f"a.{form}")
    with pytest.raises(MissingExtraError), open_writer(tmp_path / f"b.{form}", ("text",)):
        pass
    assert names(tmp_path) == [f"a.{form}"]
