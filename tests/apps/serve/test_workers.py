"""`reread serve --workers`: processes that share a port, are started again, and end together; real processes."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.brokers import wait_until
from support.folders import DATA, OLD, copy_of

pytest.importorskip("uvicorn")
from support.serving import Reply, Serving, ask

LONG = "a lovely warm film " * 500
PROC = Path("/proc")
pytestmark = pytest.mark.skipif(not PROC.is_dir(), reason="the processes of a process are not listed here")


@pytest.fixture
def server() -> Iterator[Serving]:
    found = Serving([OLD], "--workers", "2", "--max-wait", "600000")
    yield found
    found.kill()


def workers(server: Serving) -> set[int]:
    """The ids of the processes that answer."""
    found = set()
    for place in PROC.glob("[0-9]*"):
        try:
            parent = int(re.sub(r".*\)", "", (place / "stat").read_text()).split()[1])
            command = (place / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue
        if parent == server.process.pid and b"spawn_main" in command:
            found.add(int(place.name))
    return found


def figures(server: Serving, name: str) -> float:
    """The sum of the metrics of that name."""
    lines = server.ask("/metrics").body.decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if re.match(rf"{name}[ {{]", line))


def send(server: Serving, body: bytes) -> socket.socket:
    """A request whose answer nobody reads yet."""
    client = socket.create_connection((server.address.hostname, server.address.port))
    head = f"POST /v1/predict HTTP/1.1\r\nhost: {server.address.netloc}\r\ncontent-type: application/json\r\n"
    client.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
    return client


def test_the_metrics_are_sums_over_the_workers(server: Serving) -> None:
    for _ in range(30):
        assert server.ask("/v1/predict", {"text": "a film"}).status == 200
    for name in ("requests_total", "seconds_count"):  # counted when the answer has gone
        wait_until(lambda name=name: figures(server, f"reread_serve_{name}") == 30)
    assert figures(server, "reread_serve_held") == 0


def test_a_worker_that_is_killed_is_started_again_and_the_others_answer(server: Serving) -> None:
    replies: list[Reply | None] = []
    over = threading.Event()

    def keep_asking() -> None:
        while not over.is_set():
            try:
                replies.append(server.ask("/v1/predict", {"text": "a film"}))
            except (ConnectionError, http.client.HTTPException):  # what the killed worker held
                replies.append(None)

    before = workers(server)
    assert len(before) == 2
    clients = [threading.Thread(target=keep_asking) for _ in range(4)]
    for client in clients:
        client.start()
    killed = min(before)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: len(workers(server) - {killed}) == 2)
    enough = len(replies) + 100
    wait_until(lambda: len(replies) > enough)
    over.set()
    for client in clients:
        client.join()
    assert {each.status for each in replies if each is not None} == {200}
    assert replies.count(None) <= len(clients)
    wait_until(lambda: figures(server, "reread_serve_held") == 0)  # not what the killed one held
    code, said = server.stop()
    assert code == 0
    assert re.fullmatch(r"reread: worker [12] ended \(by SIGKILL\); another one starts\n", said)


@pytest.mark.parametrize(("name", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_all_end_after_what_they_took(server: Serving, name: signal.Signals, code: int) -> None:
    body = b'{"texts": [' + b",".join([b'"' + LONG.encode() + b'"'] * 4) + b"]}"
    clients = [send(server, body) for _ in range(16)]
    wait_until(lambda: figures(server, "reread_serve_(requests_total|held)") == len(clients))
    left = workers(server)
    assert server.stop(name) == (code, "")
    for client in clients:
        response = http.client.HTTPResponse(client)
        response.begin()
        assert response.status == 200
        assert len(json.load(response)["answers"]) == 4
        client.close()
    assert not [pid for pid in left if (PROC / str(pid)).exists()]


def test_workers_do_not_outlive_the_one_that_started_them(server: Serving) -> None:
    left = workers(server)
    server.kill()
    wait_until(lambda: not [pid for pid in left if (PROC / str(pid)).exists()])


def test_a_signal_brings_all_of_them_the_new_model(tmp_path: Path) -> None:
    link = tmp_path / "films.reread"
    link.symlink_to(copy_of(OLD, tmp_path / "first"))
    server = Serving([link], "--workers", "2")

    def checksums() -> set[str]:
        return {server.ask("/v1/models").json()["models"][0]["checksum"] for _ in range(20)}

    try:
        (before,) = checksums()
        (tmp_path / "next").symlink_to(DATA / "folders_2026_11" / "classes.reread")
        (tmp_path / "next").rename(link)
        server.process.send_signal(signal.SIGHUP)
        lines = [server.process.stderr.readline() for _ in range(2)] if server.process.stderr else []
        assert len({line.rpartition(" ")[2] for line in lines}) == 1
        assert before not in checksums()
        server.process.send_signal(signal.SIGUSR1)
        wait_until(lambda: checksums() == {before})
    finally:
        server.kill()


def test_a_model_that_cannot_be_opened_is_said_once() -> None:
    with pytest.raises(RuntimeError, match=r"^reread: nowhere does not exist; expected a model folder\n$"):
        Serving([Path("nowhere")], "--workers", "2")


def test_a_connection_stays_with_its_worker(server: Serving) -> None:
    connection = server.connect()
    for _ in range(5):
        assert ask(connection, "/v1/predict", {"text": "a film"}).status == 200
    connection.close()
