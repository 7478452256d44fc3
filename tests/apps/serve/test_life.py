"""`reread serve` under load, refused, stopped; each with the real process."""

from __future__ import annotations

import http.client
import json
import socket
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from signal import SIGINT, SIGTERM, Signals

import pytest

from support.brokers import wait_until

pytest.importorskip("uvicorn")
from support.serving import Serving

TOKEN = "a-token-of-sixteen-characters"
LONG = "a lovely warm film " * 500
Start = Callable[..., Serving]


def test_what_waits_is_answered_together_and_each_gets_its_own(start: Start) -> None:
    server = start("--max-wait", "60000")
    texts = [f"a {('lovely', 'dull')[k % 2]} film, number {k}" for k in range(200)]
    expected = [each["probabilities"] for each in server.ask("/v1/predict", {"texts": texts}).json()["answers"]]
    with ThreadPoolExecutor(16) as clients:
        replies = list(clients.map(lambda text: server.ask("/v1/predict", {"text": text}), texts))
    for reply, probabilities in zip(replies, expected, strict=True):
        (answer,) = reply.json()["answers"]
        assert answer["probabilities"] == pytest.approx(probabilities, abs=1e-5)


def test_a_full_server_says_so_and_when_to_come_again(start: Start) -> None:
    server = start("--max-wait", "1")
    with ThreadPoolExecutor(16) as clients:
        replies = list(clients.map(lambda _: server.ask("/v1/predict", {"texts": [LONG] * 4}), range(64)))
    assert Counter(reply.status for reply in replies).keys() == {200, 429}
    for reply in replies:
        if reply.status == 429:
            assert reply.fields() == []
            assert int(reply.headers["retry-after"]) >= 1
    assert server.ask("/v1/predict", {"text": "a film"}).status == 200


def figures(server: Serving, name: str) -> dict[str, float]:
    """The server's metrics whose names begin so."""
    lines = [line.rpartition(" ") for line in server.ask("/metrics").body.decode().splitlines()]
    return {line[0]: float(line[2]) for line in lines if line[0].startswith(name)}


def taken(server: Serving) -> float:
    """How many requests for answers have come."""
    return (
        sum(figures(server, "reread_serve_requests_total").values())
        + figures(server, "reread_serve_held")["reread_serve_held"]
    )


def send(server: Serving, body: bytes) -> socket.socket:
    """A request whose answer nobody reads yet."""
    client = socket.create_connection((server.address.hostname, server.address.port))
    head = f"POST /v1/predict HTTP/1.1\r\nhost: {server.address.netloc}\r\ncontent-type: application/json\r\n"
    client.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
    return client


def test_the_others_are_answered_though_clients_hang_up(start: Start) -> None:
    server = start("--max-wait", "600000")
    for _ in range(50):
        send(server, b'{"text": "' + LONG.encode() + b'"}').close()
    assert server.ask("/v1/predict", {"text": "a film"}).status == 200
    wait_until(lambda: taken(server) == 51 and figures(server, "reread_serve_held") == {"reread_serve_held": 0})
    hung_up = figures(server, "reread_serve_hung_up_total")["reread_serve_hung_up_total"]
    replies = figures(server, "reread_serve_requests_total")
    assert replies.get('reread_serve_requests_total{status="499"}', 0) == hung_up
    assert sum(replies.values()) == 51
    assert server.stop() == (0, "")


@pytest.mark.parametrize(("name", "code"), [(SIGTERM, 0), (SIGINT, 130)])
def test_requests_that_were_taken_are_answered_before_the_end(start: Start, name: Signals, code: int) -> None:
    server = start("--max-wait", "600000")
    clients = [send(server, b'{"texts": [' + b",".join([b'"' + LONG.encode() + b'"'] * 4) + b"]}") for _ in range(16)]
    wait_until(lambda: taken(server) == len(clients))
    assert server.stop(name) == (code, "")
    for client in clients:
        response = http.client.HTTPResponse(client)
        response.begin()
        assert response.status == 200
        assert len(json.load(response)["answers"]) == 4
        client.close()


def test_a_token_is_asked_for_where_one_is_set(start: Start, tmp_path: Path) -> None:
    place = tmp_path / "tokens.txt"
    place.write_text(f"another-token-of-many\n{TOKEN}\n", encoding="utf-8")
    for server in (start("--token-file", str(place), "--host", "0.0.0.0"), start(environment={"REREAD_TOKEN": TOKEN})):
        body = {"text": "a film"}
        for wrong in ({}, {"authorization": "Bearer x"}, {"authorization": f"Basic {TOKEN}"}, {"authorization": TOKEN}):
            refused = server.ask("/v1/predict", body, wrong)
            assert (refused.status, refused.headers["www-authenticate"]) == (401, "Bearer")
            assert TOKEN not in refused.body.decode()
        assert server.ask("/v1/predict", body, {"authorization": f"Bearer {TOKEN}"}).status == 200
        assert server.ask("/readyz").status == 200
        assert server.stop() == (0, "")
