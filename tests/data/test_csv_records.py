from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from reread.data.csv_records import LiteralRecordReader, RecordReader

FIELDS = st.text(alphabet='ab,;\t"\n\r\0 是', max_size=6)


@given(st.text(alphabet='ab,"\n\r\t', min_size=1, max_size=60))
def test_whatever_stands_there_every_line_belongs_to_one_record(content: str) -> None:
    lines = content.split("\n") if not content.endswith("\n") else content[:-1].split("\n")
    for reader in (RecordReader, LiteralRecordReader):
        records = list(reader(io.StringIO(content, newline="\n"), ","))
        starts = [line for line, _, _ in records]
        assert starts == sorted(set(starts))
        assert starts[0] == 1
        assert all(1 <= line <= len(lines) for line in starts)
        for (line, fields, problem), after in zip(records, [*starts[1:], len(lines) + 1], strict=True):
            if problem is not None and "NUL" not in problem:
                assert fields == [lines[line - 1].rstrip("\r")]
                assert after == line + 1


@given(st.lists(st.lists(FIELDS, min_size=2, max_size=3), min_size=1), st.sampled_from(["\n", "\r\n"]))
def test_what_csv_quotes_is_read_as_it_was(rows: list[list[str]], end: str) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator=end).writerows(rows)
    content = stream.getvalue()
    records = list(RecordReader(io.StringIO(content, newline="\n"), ","))
    assert [fields for _, fields, _ in records] == rows
    assert [problem is not None for _, _, problem in records] == [any("\0" in field for field in row) for row in rows]
    line = 1
    for (start, _, _), row in zip(records, rows, strict=True):
        assert start == line
        line += 1 + sum(field.count("\n") for field in row)


@given(st.lists(st.tuples(*[st.text(alphabet='ab" ', min_size=1, max_size=4)] * 2), min_size=1))
def test_literal_lines_are_never_merged(rows: list[tuple[str, str]]) -> None:
    content = "text\tlabel\n" + "".join(f"{text}\t{label}\n" for text, label in rows)
    records = list(LiteralRecordReader(io.StringIO(content, newline="\n"), "\t"))
    assert [line for line, _, _ in records] == list(range(1, len(rows) + 2))
    assert all(problem is None for _, _, problem in records)
