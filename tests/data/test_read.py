from __future__ import annotations

import gzip
import io
import logging
import sys
from pathlib import Path
from typing import Any

import pytest
from backports import zstd

from reread.data.read import open_rows
from reread.data.write import open_writer
from reread.errors import ConfigError, DataError


def values(name: str, **options: Any) -> list[dict[str, Any]]:
    rows = list(open_rows(name, **options))
    assert [row.problem for row in rows] == [None] * len(rows)
    return [row.values for row in rows]


TWO = [{"text": "good, very", "label": "pos"}, {"text": "bad", "label": "neg"}]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", 'text,label\n"good, very",pos\nbad,neg\n'),
        ("crlf.csv", 'text,label\r\n"good, very",pos\r\nbad,neg\r\n'),
        ("mac.csv", 'text,label\r"good, very",pos\rbad,neg\r'),
        ("no_last_end.csv", 'text,label\n"good, very",pos\nbad,neg'),
        ("blank_lines.csv", '\ntext,label\n\n"good, very",pos\n\n\nbad,neg\n\n'),
        ("UPPER.CSV", 'text,label\n"good, very",pos\nbad,neg\n'),
        ("semicolons.csv", "text;label\ngood, very;pos\nbad;neg\n"),
        ("tabs.csv", "text\tlabel\ngood, very\tpos\nbad\tneg\n"),
        ("a.tsv", "text\tlabel\ngood, very\tpos\nbad\tneg\n"),
        ("quoted.tsv", 'text\tlabel\n"good, very"\tpos\nbad\t"neg"\n'),
        ("a.jsonl", '{"text": "good, very", "label": "pos"}\n\n{"label": "neg", "text": "bad"}\n'),
        ("crlf.ndjson", '{"text": "good, very", "label": "pos"}\r\n{"label": "neg", "text": "bad"}'),
    ],
)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_same_rows_in_every_dress(make: Any, name: str, content: str, mark: str) -> None:
    assert values(make(name, mark + content)) == TWO


def test_a_text_a_line(make: Any) -> None:
    assert values(make("a.txt", "one\r\n\n  two\nthree")) == [{"text": word} for word in ("one", "", "  two", "three")]


def test_rows_can_be_read_again_and_side_by_side(make: Any) -> None:
    rows = open_rows(make("a.csv", "text,label\na,1\nb,2\n"))
    pairs = [(one.values["text"], other.values["text"]) for one, other in zip(rows, rows, strict=True)]
    assert pairs == [("a", "a"), ("b", "b")]
    assert (rows.columns, rows.format, rows.encoding, rows.name) == (("text", "label"), "csv", "utf-8", "a.csv")
    assert rows.place(3) == "a.csv, line 3"


def test_lines_are_those_an_editor_shows(make: Any) -> None:
    content = 'text,label\n"one\ntwo\n\nthree",1\nfour,2\r\n"five\r\nsix\rseven",3\neight,4\n'
    rows = list(open_rows(make("a.csv", content)))
    assert [row.line for row in rows] == [2, 6, 7, 9]
    assert rows[2].values["text"] == "five\r\nsix\rseven"


@pytest.mark.parametrize(
    ("name", "content", "line", "problem"),
    [
        ("a.csv", "text,label\nok,1\na,b,c\nok,1\n", 3, "has 3 columns where the header has 2"),
        ("a.csv", "text,label\nok,1\na\nok,1\n", 3, "has 1 column where the header has 2"),
        ("a.csv", 'text,label\nok,1\n"open,1\nok,1\n', 3, "a quote opens here that is never closed"),
        ("a.csv", 'text,label\nok,1\n"he" said,1\nok,1\n', 3, "a quote closes before its field ends"),
        ("a.csv", "text,label\nok,1\na\rb,1\nok,1\n", 3, "carriage return outside quotes"),
        ("a.csv", "text,label\nok,1\na\0b,1\nok,1\n", 3, "NUL"),
        ("a.csv", 'text,label\nok,1\n"a\n\0b",1\nok,1\n', 3, "NUL"),
        ("a.tsv", "text\tlabel\nok\t1\na\tb\tc\nok\t1\n", 3, "has 3 columns"),
        ("a.txt", "ok\nok\na\0b\nok\n", 3, "NUL"),
        ("a.jsonl", '{"text": "ok"}\n{"text": "ok"}\n{"text": "a}\n{"text": "ok"}\n', 3, "is no JSON"),
        ("a.jsonl", '{"text": "ok"}\n{"text": "ok"}\n["text"]\n{"text": "ok"}\n', 3, "no object"),
        ("a.jsonl", '{"text": "ok"}\n{"text": "ok"}\n{"text": 1, "text": 2}\n{"text": "ok"}\n', 3, "key twice"),
        ("a.jsonl", '{"text": "ok"}\n{"text": "ok"}\n{"text": "\\ud83d"}\n{"text": "ok"}\n', 3, "surrogate"),
        ("a.jsonl", f'{{"text": "ok"}}\n{{"text": "ok"}}\n{"[" * 100_000}\n{{"text": "ok"}}\n', 3, "no JSON"),
        ("a.jsonl", f'{{"text": "ok"}}\n{{"text": "ok"}}\n{"9" * 5_000}\n{{"text": "ok"}}\n', 3, "no JSON"),
        ("a.jsonl", '{"text": "ok"}\n{"text": "ok"}\n{"text": "a\0"}\n{"text": "ok"}\n', 3, "no JSON"),
    ],
)
def test_a_broken_row_keeps_its_place_and_says_why(make: Any, name: str, content: str, line: int, problem: str) -> None:
    rows = list(open_rows(make(name, content)))
    assert len(rows) == (4 if name in ("a.txt", "a.jsonl") else 3)
    bad = [row for row in rows if row.problem is not None]
    assert [row.line for row in bad] == [line]
    assert problem in str(bad[0].problem)
    assert "\n" not in str(bad[0].problem)
    assert [row.values["text"] for row in rows if row.problem is None] == ["ok"] * (len(rows) - 1)


def test_a_quote_that_is_never_closed_spoils_one_line(make: Any) -> None:
    lines = [f"row {i},{i}" for i in range(1000)]
    lines[500] = '"row 500,500'
    rows = list(open_rows(make("a.csv", "\n".join(["text,label", *lines]))))
    assert len(rows) == 1000
    assert [row.line for row in rows if row.problem] == [502]
    assert rows[501].values == {"text": "row 501", "label": "501"}


def test_tsv_without_quoting(make: Any, caplog: pytest.LogCaptureFixture) -> None:
    content = 'text\tlabel\n"Hi" he said\tham\n"open\tspam\nmid\tham\nHe "bye"\tspam\nbye"\tham\n"tab\tin"\tspam\n'
    rows = list(open_rows(make("a.tsv", content)))
    texts = ['"Hi" he said', '"open', "mid", 'He "bye"', 'bye"', "tab\tin"]
    assert [(row.line, row.values["text"]) for row in rows] == list(enumerate(texts, start=2))
    assert "a.tsv, line 2: its quotes are unbalanced" in caplog.text


def test_blank_lines_of_a_single_column_are_rows(make: Any) -> None:
    rows = list(open_rows(make("a.csv", 'text\na\n\nb\n""\n\n\n')))
    assert [(row.line, row.values["text"]) for row in rows] == [(2, "a"), (3, ""), (4, "b"), (5, "")]


def test_jsonl_columns_are_all_keys(make: Any) -> None:
    rows = open_rows(make("a.jsonl", '{"b": 1}\n{"a": [2, null], "b": null}\n{}\n'))
    assert rows.columns == ("b", "a")
    assert [row.values for row in rows] == [{"b": 1, "a": None}, {"b": None, "a": [2, None]}, {"b": None, "a": None}]


def test_long_lines(make: Any) -> None:
    long = "x, " * 2_000_000
    assert values(make("a.csv", f'text,label\n"{long}",1\nb,2\n'))[0]["text"] == long
    assert values(make("a.txt", f"{long}\nb\n"))[0]["text"] == long
    assert values(make("a.jsonl", f'{{"text": "{long}"}}\n'))[0]["text"] == long


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "", "a.csv: the file is empty"),
        ("a.csv", "\n\n", "a.csv: the file is empty"),
        ("a.csv", "\ufeff", "a.csv: the file is empty"),
        ("a.csv", "text,label\n", "a.csv: holds no rows"),
        ("a.csv", "text,label,text\na,b,c\n", 'a.csv, line 1: the column "text" appears twice'),
        ("a.csv", '"text,label\na,b\n', "a.csv, line 1: the header cannot be read"),
        ("a.jsonl", "", "a.jsonl: it is empty"),
        ("a.jsonl", "\n \n", "a.jsonl: it is empty"),
        ("a.jsonl", "nonsense\n", "a.jsonl, line 1: is no JSON"),
        ("a.jsonl", "{}\n", "a.jsonl, line 1: the object has no key"),
        ("a.json", "[]", "a.json: it is empty"),
        ("a.json", '[{"text": "a"}', "a.json: the array is not closed after object 1"),
        ("a.json", '[{"text": "a"} {"text": "b"}]', "a.json: the array holds { where a comma should be after object 1"),
        ("a.json", '[{"text": "a"},]', "a.json, object 2: is no JSON: Expecting value"),
        ("a.json", '[{"text": "a"}] 3', "a.json: goes on after the end of the array"),
        ("a.json", "[" * 5000, "a.json, object 1: is no JSON: nested too deeply"),
        ("a.json", '["a"]', 'a.json, object 1: is JSON but no object: "a"'),
        ("a.txt", "", "a.txt: holds no rows"),
        ("a.parquet", "", "a.parquet: the file is empty"),
        ("a.parquet", "text,label\na,b\n", "a.parquet: cannot be read as Parquet"),
        ("a.parquet", "PAR1 and no more", "a.parquet: cannot be read as Parquet"),
        ("a.arrow", "text,label\na,b\n", "a.arrow: cannot be read as Arrow"),
        ("a.arrow", "ARROW1", "a.arrow: cannot be read as Arrow"),
        ("a.csv.gz", "text,label\na,b\n", 'a.csv.gz: is named ".gz", but is not compressed that way'),
        ("a.csv.gz", "", "a.csv.gz: the file is empty"),
        ("a.xlsx", "PK", "a.xlsx: cannot be read as a spreadsheet"),
        ("a.xls", "", "a.xls: of spreadsheets only .xlsx is read"),
        ("a.zip", "text\na\n", 'a.zip: is named ".zip", but is not compressed that way'),
        ("data", "text\na\n", "data: the name has no suffix"),
    ],
)
def test_what_cannot_be_read_says_so_in_one_line(make: Any, name: str, content: str, message: str) -> None:
    with pytest.raises(DataError) as error:
        open_rows(make(name, content))
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_many_odd_column_names_still_make_one_line(make: Any) -> None:
    header = ",".join(f'"a\n{i}"' for i in range(1000))
    with pytest.raises(DataError, match="and 960 more") as error:
        open_rows(make("a.csv", header))
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
@pytest.mark.parametrize("cut", [8, 40])
def test_truncated_and_damaged_compression(make: Any, tmp_path: Path, suffix: str, cut: int) -> None:
    with open_writer(f"whole.csv{suffix}", ("text", "label")) as writer:
        for i in range(5_000):
            writer.write({"text": f"text {i * i}", "label": i})
    data = Path(f"whole.csv{suffix}").read_bytes()
    with pytest.raises(DataError, match="data ends too early"):
        open_rows(make(f"a.csv{suffix}", data[:-cut]))
    with pytest.raises(DataError, match=r"damaged|too early|not valid|cannot be read"):
        list(open_rows(make(f"b.csv{suffix}", data[:2000] + b"\x00\xff" * 50 + data[2100:])))


def test_compression_is_seen_without_its_suffix(make: Any) -> None:
    assert values(make("a.csv", gzip.compress(b"text\na\n", mtime=0) + gzip.compress(b"b\n"))) == [
        {"text": "a"},
        {"text": "b"},
    ]


def test_a_format_that_is_named_counts_more_than_the_suffix(make: Any) -> None:
    assert values(make("data", "text\tlabel\na\tb\n"), format="tsv") == [{"text": "a", "label": "b"}]
    with pytest.raises(ConfigError, match='Did you mean "csv"'):
        open_rows("data", format="cvs")


class Stdin:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b"text,label\na,1\n", "csv"),
        (b"text\tlabel\na\t1\n", "tsv"),
        (b'{"text": "a", "label": "1"}\n', "jsonl"),
        (gzip.compress(b"text,label\na,1\n", mtime=0), "csv"),
        (zstd.compress(b"text,label\na,1\n"), "csv"),
        ("text,label\na,1\n".encode("utf-16"), "csv"),
    ],
)
def test_standard_input(monkeypatch: pytest.MonkeyPatch, data: bytes, form: str) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(data))
    rows = open_rows("-")
    assert (rows.name, rows.format) == ("standard input", form)
    for _ in range(2):
        assert [row.values for row in rows] == [{"text": "a", "label": "1"}]


def test_standard_input_of_plain_lines_is_not_taken_for_csv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(b"A great film\n"))
    with pytest.raises(DataError, match="standard input: holds no rows; as csv it has only columns: A great film"):
        open_rows("-")
    monkeypatch.setattr(sys, "stdin", Stdin(b"A great film\n"))
    rows = open_rows("-", may_be_empty=True)
    assert (rows.empty, rows.columns, list(rows)) == (True, ("A great film",), [])
    monkeypatch.setattr(sys, "stdin", Stdin(b"A great film\n"))
    assert [row.values for row in open_rows("-", format="txt")] == [{"text": "A great film"}]


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_other_delimiters_are_announced(mark: str, make: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        rows = list(open_rows(make("a.csv", f"text{mark}label\na, b{mark}c\n")))
    assert caplog.messages == [f"a.csv: read as separated by {mark!r}"]
    assert [row.values for row in rows] == [{"text": "a, b", "label": "c"}]


def test_a_file_of_many_equal_rows_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text("text,label\n" + '"a short, quoted text",pos\n' * 100_000, encoding="utf-8")
    assert sum(row.problem is None for row in open_rows(path)) == 100_000


def test_commas_in_a_file_of_tabs(make: Any, caplog: pytest.LogCaptureFixture) -> None:
    rows = list(open_rows(make("a.tsv", 'text,label\n"good, very",pos\n')))
    assert [row.values for row in rows] == [{"text": "good, very", "label": "pos"}]
    assert caplog.messages == ["a.tsv: read as separated by ','"]


def test_a_separator_that_is_said_is_taken_and_another_is_not_looked_for(make: Any) -> None:
    path = make("a.csv", "text^label\na;b,c^x\n")
    assert [row.values for row in open_rows(path, separator="^")] == [{"text": "a;b,c", "label": "x"}]
    one = open_rows(make("b.csv", "text;label\na;b\n"), separator=",")
    assert [row.values for row in one] == [{"text;label": "a;b"}]
    tabs = open_rows(make("c.tsv", 'text|label\na"b|x\n'), separator="|")
    assert [row.values for row in tabs] == [{"text": 'a"b', "label": "x"}]
    with pytest.raises(ConfigError, match="separator 'ab': expected one character"):
        open_rows(path, separator="ab")
