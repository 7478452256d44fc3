"""Files of CSV up, their rows with answers down, as `reread predict` gives them."""

from __future__ import annotations

import csv
import gzip
import http.client
import io
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from reread import load
from reread.data.read import open_rows
from reread.model.files import answer_file
from support.brokers import wait_until
from support.folders import KEPT, OLD
from support.serving import Reply, Serving

pytest.importorskip("uvicorn")

CSV = {"content-type": "text/csv"}
FORM = {"content-type": "multipart/form-data; boundary=edge"}
Start = Callable[..., Serving]
ROWS = [
    "number,text",
    "1,a lovely warm film",
    "2,",
    "3,one,too many",
    '4,"two lines,\nand a ""quote"""',
    "5,一部好看的电影",
    '6,"never closed',
    "7,a dull cold film",
]
FILE = ("\n".join(ROWS) + "\n").encode()


def form(content: bytes, *, name: str = "file", filename: str | None = "rows.csv") -> bytes:
    place = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
    return f"--edge\r\ncontent-disposition: {place}\r\n\r\n".encode() + content + b"\r\n--edge--\r\n"


def table(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode(), newline=""), strict=True))


def predicted(folder: Path, place: Path, text: str = "text") -> list[list[str]]:
    """What the command line's way gives for the same file."""
    out = place.with_name("out.csv")
    answer_file(open_rows(place), text, load(folder), str(out))
    return table(out.read_bytes())


def assert_same(given: list[list[str]], expected: list[list[str]]) -> None:
    """The same cells; numbers but for rounding."""
    assert given[0] == expected[0]
    assert len(given) == len(expected)
    for row, other in zip(given[1:], expected[1:], strict=True):
        for cell, right in zip(row, other, strict=True):
            assert cell == right or float(cell) == pytest.approx(float(right), abs=1e-4)


@pytest.mark.parametrize("folder", KEPT, ids=lambda folder: folder.name)
def test_every_row_comes_back_with_what_predict_answers(folder: Path, many: Serving, tmp_path: Path) -> None:
    place = tmp_path / "rows.csv"
    place.write_bytes(FILE)
    reply = many.ask(f"/v1/files?model={folder.stem}", FILE, CSV)
    assert reply.status == 200
    assert reply.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert reply.headers["content-disposition"].startswith("attachment")
    assert_same(table(reply.body), predicted(folder, place))
    assert many.ask(f"/v1/files?model={folder.stem}", form(FILE), FORM).body == reply.body


def test_a_long_file_keeps_its_order(one: Serving, tmp_path: Path) -> None:
    place = tmp_path / "rows.csv"
    rows = [f"{k},a {('lovely', 'dull')[k % 2]} film {'of many words ' * (k % 7)}" for k in range(5000)]
    place.write_text("\n".join(["number,text", *rows]), encoding="utf-8")
    assert_same(table(one.ask("/v1/files", place.read_bytes(), CSV).body), predicted(OLD, place))


def test_answers_can_abstain_and_have_sets_and_intervals(many: Serving) -> None:
    asked = [(each["name"], option) for each in many.ask("/v1/models").json()["models"] for option in each["options"]]
    assert {option for _, option in asked} == {"abstain_below", "sets", "interval"}
    names = {"abstain_below": "abstained", "sets": "set", "interval": "lower"}
    for model, option in asked:
        reply = many.ask(f"/v1/files?model={model}&{option}=0.8", FILE, CSV)
        header = table(reply.body)[0]
        assert any(column.rpartition(".")[2] == names[option] for column in header)


@pytest.mark.parametrize(
    ("header", "column"), [("text,title", "text"), ("id,review", "review"), ("a,b", None), ("title,body", None)]
)
def test_the_texts_column_is_found_as_the_command_line_finds_it(one: Serving, header: str, column: str | None) -> None:
    content = f"{header}\na lovely film,a dull film\n".encode()
    found = one.ask("/v1/files", content, CSV)
    if column is None:
        assert (found.status, found.json()["errors"][0]["parameter"]) == (422, "text")
        column = header.split(",")[1]
    named = one.ask(f"/v1/files?text={column}", content, CSV)
    assert named.status == 200
    text = ("a lovely film", "a dull film")[header.split(",").index(column)]
    (answer,) = one.ask("/v1/predict", {"text": text}).json()["answers"]
    assert table(named.body)[1][2] == answer["prediction"]
    assert found.status == 422 or found.body == named.body


def test_no_cell_of_strangers_is_taken_for_a_formula(one: Serving) -> None:
    content = b"text,=HEAD(),n\n\"=cmd|' /C calc'!A0\",@SUM(1),-5\na film,\tx,plain\n"
    header, first, second = table(one.ask("/v1/files", content, CSV).body)
    assert header[:3] == ["text", "'=HEAD()", "n"]
    assert first[:3] == ["'=cmd|' /C calc'!A0", "'@SUM(1)", "'-5"]
    assert second[:3] == ["a film", "'\tx", "plain"]
    plain = one.ask("/v1/predict", {"text": "=cmd|' /C calc'!A0"}).json()["answers"][0]
    assert first[3] == plain["prediction"]  # the model reads what was sent


def test_encodings_are_found_or_named(one: Serving) -> None:
    content = "text\n一部好看的电影,很好看\n".replace(",", "，")
    expected = one.ask("/v1/files", content.encode(), CSV).body
    for encoding in ("utf-16", "utf-8-sig", "gb18030"):
        assert one.ask(f"/v1/files?encoding={encoding}", content.encode(encoding), CSV).body == expected
    assert one.ask("/v1/files", content.encode("utf-16"), CSV).body == expected


@pytest.mark.parametrize(
    ("path", "content", "headers", "said_back"),
    [
        ("/v1/files", FILE, {"content-type": "application/json"}, (415, None)),
        ("/v1/files", FILE, {"content-type": "multipart/form-data"}, (400, None)),
        ("/v1/files", FILE, FORM, (400, None)),
        ("/v1/files", form(FILE, filename=None), FORM, (400, None)),
        ("/v1/files", form(FILE)[:-4] + b"\r\n" + form(FILE), FORM, (400, None)),
        ("/v1/files", b"--edge--\r\n", FORM, (422, None)),
        ("/v1/files", b"", CSV, (422, None)),
        ("/v1/files", b"text,text\na,b\n", CSV, (422, None)),
        ("/v1/files", b"text,prediction\na,b\n", CSV, (422, None)),
        ("/v1/files", b"text\n\xff\xfe\xfd\x81\n", CSV, (422, "encoding")),
        ("/v1/files", gzip.compress(b"text\n" + b"a film\n" * 1000, mtime=0), CSV, (422, None)),
        ("/v1/files", b",".join(b"%d" % k for k in range(1001)) + b"\n", CSV, (422, None)),
        ("/v1/files?text=review", FILE, CSV, (422, "text")),
        ("/v1/files?encoding=klingon", FILE, CSV, (422, "encoding")),
        ("/v1/files?encoding=ascii", FILE, CSV, (422, "encoding")),
        ("/v1/files?model=../x", FILE, CSV, (422, "model")),
        ("/v1/files?sets=0.9", FILE, CSV, (422, "sets")),
        ("/v1/files?abstain_below=2", FILE, CSV, (422, "abstain_below")),
        ("/v1/files?abstain_below=nan", FILE, CSV, (422, "abstain_below")),
        ("/v1/files?abstain_below=0.5&abstain_below=0.6", FILE, CSV, (422, "abstain_below")),
        ("/v1/files?column=text", FILE, CSV, (422, "column")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_file_is_a_problem(
    one: Serving, path: str, content: bytes, headers: dict[str, str], said_back: tuple[int, str | None]
) -> None:
    said, (status, parameter) = one.ask(path, content, headers), said_back
    assert said.status == status
    assert "/tmp" not in said.json()["detail"]
    assert said.headers["content-type"] == "application/problem+json"
    assert [each.get("parameter") for each in said.json().get("errors", [])] == ([parameter] if parameter else [])
    assert one.ask("/v1/files", FILE, CSV).status == 200


def test_a_file_that_is_too_long_is_refused_whatever_it_says_of_itself(one: Serving) -> None:
    for length in ({"content-length": str(1 << 30)}, {"transfer-encoding": "chunked"}):
        with closing(one.connect()) as connection:
            connection.putrequest("POST", "/v1/files")
            for name, value in {**CSV, **length}.items():
                connection.putheader(name, value)
            connection.endheaders()
            try:
                for _ in range(0 if "content-length" in length else 70):
                    connection.send(b"100000\r\n" + b"x" * (1 << 20) + b"\r\n")
                assert connection.getresponse().status == 413
            except OSError:  # the answer came, and the end, before all was sent
                pass
    assert one.ask("/v1/files", FILE, CSV).status == 200


def begin(server: Serving) -> socket.socket:
    """A file of which only the start is sent."""
    client = socket.create_connection((server.address.hostname, server.address.port), timeout=60)
    head = f"POST /v1/files HTTP/1.1\r\nhost: {server.address.netloc}\r\ncontent-type: text/csv\r\n"
    client.sendall(f"{head}content-length: {len(FILE)}\r\n\r\n".encode() + FILE[:10])
    return client


def test_few_files_are_answered_at_a_time(start: Start) -> None:
    server = start()
    expected = server.ask("/v1/files", FILE, CSV).body
    clients = [begin(server) for _ in range(4)]
    wait_until(lambda: b"reread_serve_held 4.0" in server.ask("/metrics").body)
    refused: Reply = server.ask("/v1/files", FILE, CSV)
    assert (refused.status, refused.headers["retry-after"]) == (429, "5")
    assert server.ask("/v1/predict", {"text": "a"}).status == 200
    for client in clients[:2]:
        client.close()
    for client in clients[2:]:
        client.sendall(FILE[10:])
        with closing(http.client.HTTPResponse(client)) as response:
            response.begin()
            assert (response.status, response.read()) == (200, expected)
        client.close()
    wait_until(lambda: b"reread_serve_held 0.0" in server.ask("/metrics").body)
    assert server.ask("/v1/files", FILE, CSV).status == 200
    assert server.stop() == (0, "")


def left_over(server: Serving, folder: Path) -> list[Any]:
    wait_until(lambda: b"reread_serve_held 0.0" in server.ask("/metrics").body)
    return list(folder.iterdir())


def test_nothing_of_a_file_is_kept(start: Start, tmp_path: Path) -> None:
    server = start(environment={"TMPDIR": str(tmp_path)})
    with closing(begin(server)):
        wait_until(lambda: list(tmp_path.iterdir()) != [])
    assert left_over(server, tmp_path) == []
    assert server.ask("/v1/files", FILE, CSV).status == 200
    assert server.ask("/v1/files", form(FILE), FORM).status == 200
    assert server.ask("/v1/files", b"a\nb\n", CSV).status == 422
    assert left_over(server, tmp_path) == []
