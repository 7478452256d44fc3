"""`reread stream` with brokers that ask for passwords and encrypt; a password is never shown."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from support.brokers import ANSWERS, SOURCE, KafkaServer, NatsServer, wait_until
from support.command_line import reread_process
from support.folders import OLD
from support.secure_brokers import PASSWORD, USER, Certificate, Secure, SecureNats, SecureRabbit, SecureRedis

pytest.importorskip("faststream")

Start = Callable[..., "subprocess.Popen[str]"]
WRONG = "not-the-password"


@pytest.fixture(
    params=[SecureRedis, SecureNats, pytest.param(SecureRabbit, marks=pytest.mark.slow)],
    ids=lambda kind: kind.encrypted,
)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Secure]:
    kind: type[Secure] = request.param
    if shutil.which(kind.program) is None:
        pytest.skip(f"{kind.program} is not installed")
    found = kind(tmp_path)
    try:
        found.start()
        yield found
    finally:
        found.end()


@pytest.fixture
def start() -> Iterator[Start]:
    processes = []

    def call(broker: str, *options: str, outside: str = "") -> subprocess.Popen[str]:
        command = ["stream", str(OLD), "--broker", broker, "--in", SOURCE, "--out", ANSWERS, "--threads", "1", *options]
        process = reread_process(command, {"REREAD_BROKER_PASSWORD": outside})
        processes.append(process)
        return process

    yield call
    for process in processes:
        process.kill()
        process.communicate()


def silent(said: str) -> bool:
    """Whether no password is in it, as it is or encoded."""
    return not any(each in said for each in (PASSWORD, quote(PASSWORD, safe=""), WRONG))


@pytest.mark.parametrize("place", ["url", pytest.param("environment", marks=pytest.mark.slow)])
def test_messages_are_answered_over_an_encrypted_connection(server: Secure, start: Start, place: str) -> None:
    server.send([{"id": k, "text": "a lovely film"} for k in range(20)])
    outside = PASSWORD if place == "environment" else ""
    url = server.url(password="" if outside else PASSWORD)
    process = start(url, "--ca-file", str(server.certificate.authority), outside=outside)
    wait_until(lambda: len(server.read(ANSWERS)) == 20 or process.poll() is not None)
    server.kill()  # and what is said about it holds no password
    server.start()
    server.send([{"id": "after", "text": "a film"}])
    wait_until(lambda: "after" in [each["id"] for each in server.read(ANSWERS)])
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=120)[1]
    assert process.returncode == 0
    assert silent(said)


@pytest.mark.parametrize(
    ("user", "password", "trusted"), [(USER, WRONG, True), (USER, PASSWORD, False)], ids=["password", "certificate"]
)
def test_a_wrong_password_and_an_unknown_certificate_are_refused(
    server: Secure, start: Start, tmp_path: Path, *, user: str, password: str, trusted: bool
) -> None:
    (tmp_path / "other").mkdir()
    authority = (server.certificate if trusted else Certificate(tmp_path / "other")).authority
    process = start(server.url(user, password), "--ca-file", str(authority))
    said = process.communicate(timeout=120)[1]
    assert process.returncode == 2
    last = said.splitlines()[-1]
    assert last.startswith(("reread: the broker cannot be reached (", "reread: the broker refuses ("))
    assert ("certificate" in last.lower()) == (not trusted)
    assert silent(said)


@pytest.mark.skipif(shutil.which("nats-server") is None, reason="nats-server is not installed")
@pytest.mark.parametrize(
    "who", [f"{USER.replace('/', '%2F')}:{WRONG}@", f"{WRONG}@", ""], ids=["user", "token", "nobody"]
)
def test_a_server_of_nats_that_does_not_encrypt_is_told_nothing(who: str, start: Start, tmp_path: Path) -> None:
    server = NatsServer(tmp_path)
    try:
        server.start()
        process = start(f"tls://{who}127.0.0.1:{server.port}")
        said = process.communicate(timeout=120)[1]
    finally:
        server.end()
    assert process.returncode == 2
    assert "the server does not encrypt" in said.splitlines()[-1]
    assert silent(said)


@pytest.mark.slow  # librdkafka tries for eleven seconds
@pytest.mark.parametrize("scheme", ["kafka", "kafka+ssl"])
def test_kafka_tries_what_it_is_told_and_shows_no_password(scheme: str, start: Start, tmp_path: Path) -> None:
    server = KafkaServer(tmp_path)  # it has neither passwords nor encryption
    try:
        server.start()
        process = start(f"{scheme}://ann:{WRONG}@{server.servers}?mechanism=SCRAM-SHA-512")
        said = process.communicate(timeout=120)[1]
    finally:
        server.end()
    assert process.returncode == 2
    assert said.splitlines()[-1].startswith(("reread: the broker cannot be reached (", "reread: the broker refuses ("))
    assert ("SSL" if scheme == "kafka+ssl" else "SASL") in said
    assert silent(said)
