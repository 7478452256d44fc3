"""What takes too long, or is one too many, on real connections; with smaller bounds than a user's."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from reread import load
from support.folders import OLD

pytest.importorskip("uvicorn")
from reread.apps.serve import limits
from reread.apps.serve.app import Service
from reread.apps.serve.served import Served
from reread.web import connections
from reread.web.address import listen
from reread.web.server import Server

HEAD = b"POST /v1/predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 17\r\n"
METRICS = b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
BODY = b'\r\n{"text": "a fil"}'
BUFFER = 1 << 16  # bytes that the system keeps of what is sent, and has not been read, about
POST = b"POST /v1/predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
BROKEN_HEAD = POST + b"x: \x01\r\n\r\n"
BROKEN_BODY = POST + b"transfer-encoding: chunked\r\n\r\nno number\r\n"
TOO_LONG = POST + b"connection: close\r\ncontent-length: %d\r\n\r\n" % (limits.BODY + 1)
HEALTH = b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
Test = Callable[[int], Awaitable[None]]


def with_a_server(test: Test) -> None:
    """Run a test while a server runs; it is given the port."""
    service = Service({"old": Served("old", OLD, load(OLD, threads=1), "network")}, most_wait=1e9)

    async def run() -> None:
        ready = asyncio.Event()
        with listen("127.0.0.1", 0) as listening:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
            server = Server(service.app(), listening, ready=ready.set, leaving=service.leave)
            work = asyncio.create_task(server.serve([listening]))
            await ready.wait()
            try:
                await asyncio.wait_for(test(listening.getsockname()[1]), 60)
            finally:
                server.should_exit = True
                await asyncio.wait_for(work, 60)

    asyncio.run(run())


async def say(port: int, *pieces: bytes) -> bytes:
    """All that comes back until the server ends the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.01)
    try:
        return await reader.read()
    finally:
        writer.close()


def send_all_then_read(port: int, head: bytes) -> bytes:
    """What a client hears that does not listen while it sends: far more than any buffer holds."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        client.settimeout(60)
        client.connect(("127.0.0.1", port))
        client.sendall(head + b"x" * (limits.BODY + 1))
        heard = b""
        while piece := client.recv(1 << 16):
            heard += piece
        return heard


async def refused(port: int, head: bytes, status: bytes) -> asyncio.StreamWriter:
    """A connection that has been refused, and that the client holds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    assert (await reader.read()).startswith(b"HTTP/1.1 " + status)
    return writer


async def send_until_cut_off(writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while True:
            writer.write(b"x" * 1000)
            await writer.drain()
            await asyncio.sleep(0.01)
    writer.close()


def test_a_slow_head_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)

    async def test(port: int) -> None:
        assert await say(port) == b""
        assert await say(port, b"POST /v1/pre") == b""
        assert await say(port, *([b"POST /v1/predict HTTP/1.1\r\nx: "] + [b"x"] * 5)) == b""
        answered = await say(port, HEAD + BODY, b"POST /v1/pre")
        assert answered.startswith(b"HTTP/1.1 200 ")
        assert answered.count(b"HTTP/1.1") == 1

    with_a_server(test)


def test_a_long_head_and_what_is_no_http_are_problems() -> None:
    async def test(port: int) -> None:
        long = await say(port, b"GET /healthz HTTP/1.1\r\n", *([b"x-long: " + b"x" * 30_000 + b"\r\n"] * 3))
        strange = await say(port, b"\x16\x03\x01 this is TLS\r\n\r\n")
        for said, status in ((long, b"431"), (strange, b"400")):
            assert said.startswith(b"HTTP/1.1 " + status)
            assert b"application/problem+json" in said

    with_a_server(test)


def test_a_slow_body_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 0.1)

    async def test(port: int) -> None:
        said = await say(port, HEAD + b"\r\n", b"{")
        assert said.startswith(b"HTTP/1.1 408 ")
        assert b"application/problem+json" in said

    with_a_server(test)


def test_one_connection_too_many_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST", 2)

    async def test(port: int) -> None:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        said = await say(port)
        assert said.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 1\r\n" in said
        for reader, writer in held:
            writer.write(HEALTH)
            assert (await reader.read()).startswith(b"HTTP/1.1 200 ")
            writer.close()

    with_a_server(test)


def test_a_reply_that_is_not_read_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "UNREAD_SECONDS", 0.5)
    rows = b"text,note\n" + (b"a," + b"x" * 1000 + b"\n") * 20_000  # more than the system keeps of a reply
    head = f"POST /v1/files HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\ncontent-length: {len(rows)}\r\n\r\n"

    async def test(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head.encode() + rows)
        await writer.drain()
        for held in (b"reread_serve_held 1.0", b"reread_serve_held 0.0"):
            while held not in await say(port, METRICS):
                pass
        heard = b""
        with suppress(ConnectionError):
            while piece := await reader.read(1 << 20):
                heard = piece
        assert not heard.endswith(b"0\r\n\r\n")
        writer.close()

    with_a_server(test)


@pytest.mark.parametrize(
    ("head", "status"), [(BROKEN_HEAD, b"400"), (BROKEN_BODY, b"400"), (TOO_LONG, b"413")], ids=["head", "body", "long"]
)
def test_a_client_that_is_still_sending_hears_why_it_is_refused(head: bytes, status: bytes) -> None:
    async def test(port: int) -> None:
        said, _, body = (await asyncio.to_thread(send_all_then_read, port, head)).partition(b"\r\n\r\n")
        assert said.startswith(b"HTTP/1.1 " + status)
        assert b"connection: close" in said
        assert b"content-length: %d" % len(body) in said

    with_a_server(test)


def test_one_too_many_hears_so_whatever_it_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST", 0)

    async def test(port: int) -> None:
        assert (await asyncio.to_thread(send_all_then_read, port, HEAD)).startswith(b"HTTP/1.1 503 ")

    with_a_server(test)


@pytest.mark.parametrize("bound", [{"LINGER_BYTES": 10_000}, {"LINGER_SECONDS": 0.3}], ids=str)
@pytest.mark.parametrize(("head", "status"), [(BROKEN_HEAD, b"400"), (TOO_LONG, b"413")], ids=["head", "long"])
def test_what_a_refused_client_sends_is_not_read_for_ever(
    bound: dict[str, float], head: bytes, status: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, most in ({"HEAD_SECONDS": 1e9, "LINGER_SECONDS": 1e9, "LINGER_BYTES": 1 << 60} | bound).items():
        monkeypatch.setattr(connections, name, most)

    async def test(port: int) -> None:
        await send_until_cut_off(await refused(port, head, status))

    with_a_server(test)


def test_a_refused_client_does_not_keep_the_server_from_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEAD_SECONDS", "LINGER_SECONDS"):
        monkeypatch.setattr(connections, name, 1e9)
    with socket.socket() as first, socket.socket() as second:

        async def test(port: int) -> None:
            for client, head in ((first, BROKEN_HEAD), (second, BROKEN_BODY)):
                client.connect(("127.0.0.1", port))
                client.sendall(head)
                client.settimeout(60)
                assert (await asyncio.to_thread(client.recv, 1 << 16)).startswith(b"HTTP/1.1 400 ")

        with_a_server(test)


def test_refused_clients_take_a_place_and_those_turned_away_take_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, most in {"HEAD_SECONDS": 1e9, "LINGER_SECONDS": 1e9, "MOST": 1, "TURNED_AWAY": 1}.items():
        monkeypatch.setattr(connections, name, most)

    async def test(port: int) -> None:
        holds = await refused(port, BROKEN_HEAD, b"400")
        turned_away = await refused(port, b"", b"503")
        await send_until_cut_off(await refused(port, b"", b"503"))  # there is no room for two of these
        holds.close()
        while not (said := await say(port, HEALTH)).startswith(b"HTTP/1.1 200 "):
            assert said.startswith(b"HTTP/1.1 503 ")
        turned_away.close()

    with_a_server(test)
