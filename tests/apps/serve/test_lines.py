"""Lines of JSON in, lines of answers out, while they come."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reread import load
from support.brokers import wait_until
from support.folders import KEPT, OLD
from support.serving import Serving

pytest.importorskip("uvicorn")
from reread.apps.serve.ndjson import Lines

HEAD = {"content-type": "application/x-ndjson"}
Start = Callable[..., Serving]


def answers(body: bytes) -> list[Any]:
    assert body.endswith(b"\n") or not body
    return [json.loads(line) for line in body.splitlines()]


def lines(*said: Any) -> bytes:
    return b"".join((each if isinstance(each, bytes) else json.dumps(each).encode()) + b"\n" for each in said)


def test_each_line_has_its_answer_in_its_place(one: Serving) -> None:
    texts = [f"a {('lovely', 'dull')[k % 2]} film, number {k}" for k in range(3000)]
    reply = one.ask("/v1/predict", lines(*({"id": k, "text": text} for k, text in enumerate(texts))), HEAD)
    assert (reply.status, reply.headers["content-type"]) == (200, "application/x-ndjson")
    found = answers(reply.body)
    assert [each["id"] for each in found] == list(range(len(texts)))
    model = load(OLD)
    assert [each["prediction"] for each in found] == model.predict(texts).tolist()
    given = [[*each["probabilities"].values()] for each in found]
    assert given == pytest.approx(model.predict_proba(texts), abs=1e-5)


@pytest.mark.parametrize(
    ("line", "name", "words"),
    [
        (b"{", None, "no JSON"),
        (b'{"text": "\xff", "id": 5}', 5, "no JSON"),
        (b"[" * 100_000, None, "Expected `object`"),
        ({"id": "x"}, "x", "missing required field `text`"),
        ({"id": "x", "text": 5}, "x", "Expected `str`"),
        ({"id": 7, "text": "a", "txt": 1}, 7, "unknown field `txt`"),
        ({"id": 7, "text": " \n"}, 7, "only white space"),
        ({"id": [7], "text": "a"}, None, "got `array`"),
        ({"id": 7, "text": "a", "model": "../x"}, 7, "there is no model"),
        ({"id": 7, "text": "a", "sets": 0.9}, 7, "cannot give sets"),
        ({"id": 7, "text": "a " * 200_001}, 7, "expected at most 200,000"),
        (b'{"text": "' + b"a" * (4 << 20) + b'"}', None, "more than 4,194,304 bytes"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_bad_line_has_an_error_and_the_others_their_answers(one: Serving, line: Any, name: Any, words: str) -> None:
    good = {"id": "good", "text": "a lovely film"}
    before, bad, after = answers(one.ask("/v1/predict", lines(good, line, good), HEAD).body)
    assert before == after
    assert (before["id"], before["error"]) == ("good", None)
    assert (bad["id"], bad["prediction"], bad["probabilities"]) == (name, None, None)
    assert words in bad["error"]


def test_lines_may_be_blank_end_anyhow_and_be_none(one: Serving) -> None:
    assert len(answers(one.ask("/v1/predict", b'\n \r\n{"text": "a"}\r\n\n{"text": "b"}', HEAD).body)) == 2
    nothing = one.ask("/v1/predict", b"", HEAD)
    assert (nothing.status, nothing.body) == (200, b"")


def test_a_line_names_its_model_and_what_it_asks(many: Serving) -> None:
    asked = [
        {"id": f"{folder.stem} {explain}", "text": "a lovely film", "model": folder.stem, "explain": explain}
        for folder in KEPT
        for explain in (False, True)
    ]
    found = answers(many.ask("/v1/predict", lines(*asked), HEAD).body)
    for line, answer in zip(asked, found, strict=True):
        (alone,) = many.ask("/v1/predict", {name: line[name] for name in line if name != "id"}).json()["answers"]
        assert answer.pop("id") == line["id"]
        assert answer.keys() == alone.keys()
        assert answer["prediction"] == pytest.approx(alone["prediction"], abs=1e-4)
    explained = answers(many.ask("/v1/explain", lines({"text": "a film", "model": KEPT[0].stem}), HEAD).body)
    assert "explanations" in explained[0]


class Talk:
    """A request that is said line by line, and its answers as they come."""

    def __init__(self, server: Serving) -> None:
        self.socket = socket.create_connection((server.address.hostname, server.address.port), timeout=60)
        head = f"POST /v1/predict HTTP/1.1\r\nhost: {server.address.netloc}\r\ncontent-type: application/x-ndjson\r\n"
        self.socket.sendall(f"{head}transfer-encoding: chunked\r\n\r\n".encode())
        self.response = http.client.HTTPResponse(self.socket)

    def say(self, said: bytes) -> None:
        self.socket.sendall(f"{len(said):x}\r\n".encode() + said + b"\r\n")

    def end(self) -> None:
        self.socket.sendall(b"0\r\n\r\n")

    def close(self) -> None:
        self.socket.close()
        self.response.close()

    def hear(self) -> Any:
        return json.loads(self.response.readline())


@contextmanager
def talking(server: Serving) -> Iterator[Talk]:
    talk = Talk(server)
    try:
        yield talk
    finally:
        talk.close()


def test_answers_come_while_lines_are_still_said(one: Serving) -> None:
    with talking(one) as talk:
        talk.say(b'{"id": 1, "text": "a lovely film"}\n{"id": 2, "te')
        talk.response.begin()
        assert talk.hear()["id"] == 1
        talk.say(b'xt": "a dull film"}\n')
        assert talk.hear()["id"] == 2
        talk.say(b'{"id": 3, "text": "no end"}')
        talk.end()
        assert talk.hear()["id"] == 3
        assert talk.response.read() == b""


def test_a_server_that_goes_down_answers_what_came_and_says_where_it_ends(start: Start) -> None:
    server = start()
    with talking(server) as talk:
        talk.say(b'{"id": 1, "text": "a lovely film"}\n')
        talk.response.begin()
        assert talk.hear()["id"] == 1
        server.process.terminate()
        assert "the lines from here on are not answered" in talk.hear()["error"]
        assert talk.response.read() == b""
    assert (server.process.wait(60), server.stop()) == (0, (0, ""))


def test_a_client_that_goes_away_leaves_nothing_behind(start: Start) -> None:
    server = start()
    for _ in range(20):
        with talking(server) as talk:
            talk.say(lines(*[{"text": "a film"}] * 100))
    wait_until(lambda: b"reread_serve_held 0.0" in server.ask("/metrics").body)
    assert server.stop() == (0, "")


def memory(server: Serving) -> int:
    """Bytes that the process has had at most."""
    said = Path(f"/proc/{server.process.pid}/status").read_text(encoding="utf-8")
    return int(said.split("VmHWM:")[1].split()[0]) << 10


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_memory_does_not_grow_with_the_lines(start: Start) -> None:
    server = start("--max-wait", "600000")
    line = lines({"text": "x" * 100_000}, b"", b"y" * 5_000_000)
    with talking(server) as talk, ThreadPoolExecutor(1) as thread:

        def say(times: int) -> None:
            for _ in range(times):
                talk.say(line)

        def hear(times: int) -> None:
            for _ in range(times):
                assert talk.hear()["error"] is None
                assert "more than" in talk.hear()["error"]

        said = thread.submit(say, 44)
        talk.response.begin()
        hear(4)
        before = memory(server)
        hear(40)
        said.result()
        talk.end()
        assert talk.response.read() == b""
    assert memory(server) - before < 40 * 5_000_000 / 4


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_lines_are_the_same_however_they_come(size: int) -> None:
    body = b"one\n\n  \ntwo two\r\n123456789\n12345678901\nthree\n12345678901234\nend"
    found, reader = [], Lines(10)
    for place in range(0, len(body), size):
        found += reader.add(body[place : place + size])
    found += reader.end()
    assert found == [b"one", b"two two\r", b"123456789", None, b"three", None, b"end"]
