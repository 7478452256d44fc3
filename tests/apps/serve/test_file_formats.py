"""Files of other formats than CSV up, their columns, and their rows back as lines of JSON."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from reread import load
from reread.apps.serve import limits
from reread.data.read import open_rows
from reread.model.files import answer_file
from support.folders import OLD
from support.serving import Serving

pytest.importorskip("uvicorn")

TEXTS = ["a lovely warm film", "", "a dull\tcold film", "一部好看的电影"]
CSV, TSV, LINES = "text/csv", "text/tab-separated-values", "application/x-ndjson"
PARQUET = "application/vnd.apache.parquet"
FILES = {
    CSV: ("rows.csv", "id,review\n1,a lovely warm film\n2,\n3,a dull\tcold film\n4,一部好看的电影\n".encode()),
    TSV: ("rows.tsv", 'id\treview\n1\ta lovely warm film\n2\t\n3\t"a dull\tcold film"\n4\t一部好看的电影\n'.encode()),
    LINES: ("rows.jsonl", "".join(json.dumps({"id": k, "review": t}) + "\n" for k, t in enumerate(TEXTS, 1)).encode()),
}
BOMB = 1 << 20  # characters of one value, which stands once in the file and is meant in each row


def parquet(columns: dict[str, Any]) -> bytes:
    arrow = pytest.importorskip("pyarrow")
    written = io.BytesIO()
    pytest.importorskip("pyarrow.parquet").write_table(arrow.table(columns), written)
    return written.getvalue()


def lines(body: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in body.decode().splitlines()]


@pytest.mark.parametrize("kind", FILES)
def test_each_format_comes_back_as_predict_writes_lines_of_json(one: Serving, tmp_path: Path, kind: str) -> None:
    name, content = FILES[kind]
    (tmp_path / name).write_bytes(content)
    out = tmp_path / "out.jsonl"
    answer_file(open_rows(tmp_path / name), "review", load(OLD), str(out))
    reply = one.ask("/v1/files", content, {"content-type": kind, "accept": LINES})
    assert (reply.status, reply.headers["content-type"]) == (200, LINES)
    assert reply.headers["content-disposition"] == 'attachment; filename="answers.jsonl"'
    for given, right in zip(lines(reply.body), lines(out.read_bytes()), strict=True):
        assert list(given) == list(right)
        assert given == pytest.approx(right) or given["error"]
        assert given["error"] == right["error"]
    assert [row["review"] for row in lines(reply.body)] == TEXTS
    form = f'--edge\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    sent = {"content-type": "multipart/form-data; boundary=edge", "accept": LINES}
    assert one.ask("/v1/files", form + content + b"\r\n--edge--\r\n", sent).body == reply.body


def test_parquet_is_answered_though_the_server_cannot_read_it_itself(one: Serving) -> None:
    content = parquet({"id": [2**60, 2, 3, 4], "review": TEXTS})
    rows = lines(one.ask("/v1/files", content, {"content-type": PARQUET, "accept": LINES}).body)
    assert [(row["id"], row["review"]) for row in rows] == list(zip([2**60, 2, 3, 4], TEXTS, strict=True))
    plain = one.ask("/v1/files", FILES[LINES][1], {"content-type": LINES, "accept": LINES}).body
    assert [row["prediction"] for row in rows] == [row["prediction"] for row in lines(plain)]


@pytest.mark.parametrize("kind", FILES)
def test_the_columns_are_said_and_the_one_of_the_texts(one: Serving, kind: str) -> None:
    found = one.ask("/v1/files/columns", FILES[kind][1], {"content-type": kind}).json()
    first = [[str(k), text] for k, text in enumerate(TEXTS, 1)]
    assert found == {"columns": ["id", "review"], "text": "review", "why": None, "rows": 4, "first": first[:3]}


def test_no_column_is_guessed_where_two_could_be_meant(one: Serving) -> None:
    found = one.ask("/v1/files/columns", b"title,body\na,b\n", {"content-type": CSV}).json()
    assert found["text"] is None
    assert "several columns could be meant (title, body)" in found["why"]


def test_a_look_at_long_values_is_short(one: Serving) -> None:
    found = one.ask("/v1/files/columns", b"text\n" + b"x" * 100_000 + b"\n", {"content-type": CSV}).json()
    assert 0 < len(found["first"][0][0]) < 1000


@pytest.mark.parametrize("path", ["/v1/files", "/v1/files/columns"])
def test_a_small_parquet_file_does_not_become_an_endless_one(one: Serving, path: str) -> None:
    arrow = pytest.importorskip("pyarrow")
    rows = 4 * (limits.FILE // BOMB)
    few = arrow.DictionaryArray.from_arrays(arrow.array([0] * rows, arrow.int32()), ["x" * BOMB])
    content = parquet({"text": few})
    assert len(content) < limits.FILE / 100
    reply = one.ask(path, content, {"content-type": PARQUET})
    assert reply.status == 422
    assert "when it is unpacked" in reply.json()["detail"] or "of memory to read" in reply.json()["detail"]


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        (PARQUET, b"", "empty"),
        (PARQUET, b"PAR1 and nothing that follows it", "is it damaged?"),
        (PARQUET, gzip.compress(b"PAR1", mtime=0), "is compressed"),
        (LINES, gzip.compress(b'{"text": "a"}\n', mtime=0), "is compressed"),
        (LINES, b'[{"text": "a"}]\n', "JSON array"),
        (LINES, b'{"text": "' + b"a" * limits.LINE + b'"}\n', "a line of more than"),
        (LINES, b"".join(b'{"k%d": 1}\n' % k for k in range(70_000)), "different keys"),
        (LINES, b"".join(b'{"k%d": 1}\n' % k for k in range(1001)), "1,001 columns"),
        (TSV, b"text\ttext\na\tb\n", "appears twice"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_cannot_be_read_is_a_problem(one: Serving, kind: str, content: bytes, said: str) -> None:
    for path in ("/v1/files", "/v1/files/columns"):
        reply = one.ask(path, content, {"content-type": kind})
        assert reply.status == 422
        assert said in reply.json()["detail"]
        assert "/tmp" not in reply.json()["detail"]
