"""`reread stream` with real servers of the brokers on this machine."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from reread import load
from reread.bundle import read_bundle
from reread.monitoring.watch import Drift, DriftWatch
from support.brokers import (
    ANSWERS,
    DEAD,
    DRIFT,
    GROUP,
    SHADOW,
    SOURCE,
    KafkaServer,
    NatsServer,
    RabbitServer,
    RedisServer,
    Server,
    wait_until,
)
from support.command_line import Command, reread_process
from support.folders import DATA, OLD

pytest.importorskip("faststream")
from reread.apps.stream.address import Address
from reread.apps.stream.answering import Answering
from reread.apps.stream.brokers import Route
from reread.apps.stream.opened import Opened
from reread.apps.stream.run import Consumer
from reread.monitoring.source import ModelSource

NUMBERS = DATA / "folders_2026_11" / "numbers.reread"
BAD = [
    b"{",
    b"\xff",
    {"id": "none"},
    {"id": "blank", "text": " "},
    {"text": "who?"},
    {"id": ["x"], "text": "a list"},
    b"[1]",
]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[type[Server]], Server]]:
    """One server of a kind for all tests."""
    found: dict[type[Server], Server] = {}

    def call(kind: type[Server]) -> Server:
        if kind not in found:
            found[kind] = kind(tmp_path_factory.mktemp(kind.scheme))
            found[kind].start()
        found[kind].forget()
        return found[kind]

    yield call
    for each in found.values():
        each.end()


@pytest.fixture(params=[RedisServer, NatsServer], ids=lambda kind: kind.scheme)
def server(
    request: pytest.FixtureRequest, tmp_path: Path, lasting: Callable[[type[Server]], Server]
) -> Iterator[Server]:
    kind: type[Server] = request.param
    if shutil.which(kind.program) is None:
        pytest.skip(f"{kind.program} is not installed")
    if kind.lasts:
        yield lasting(kind)
        return
    found = kind(tmp_path)
    try:
        found.start()
        yield found
    finally:
        found.end()


def brokers(*kinds: type[Server], slow: Sequence[type[Server]] = ()) -> pytest.MarkDecorator:
    """Run a test with these brokers, some of them only where slow tests run."""
    each = [*kinds, *(pytest.param(kind, marks=pytest.mark.slow) for kind in slow)]
    return pytest.mark.parametrize("server", each, ids=lambda kind: kind.scheme, indirect=True)


@pytest.fixture
def start(server: Server) -> Iterator[Start]:
    """Starts a consumer; when its first line is there, it waits for messages."""
    processes = []

    def call(*options: str, model: Path = OLD) -> subprocess.Popen[str]:
        topics = ["--broker", server.address, "--in", SOURCE, "--out", ANSWERS]
        process = reread_process(["stream", str(model), *topics, "--threads", "1", *options])
        processes.append(process)
        assert process.stderr is not None
        assert "answers messages of texts" in process.stderr.readline()
        return process

    yield call
    for process in processes:
        process.kill()
        process.communicate()


def messages(count: int) -> list[dict[str, Any]]:
    return [{"id": k, "text": f"a {('lovely', 'dull')[k % 2]} film, number {k}"} for k in range(count)]


def wait_for_answers(server: Server, answered: int, dead: int = 0) -> None:
    """Until so many messages are answered and so many dead letters; that none waits may mean that all are taken."""
    wait_until(lambda: len({each["id"] for each in server.read(ANSWERS)}) == answered)
    wait_until(lambda: len(server.read(DEAD)) == dead)


def stop(process: subprocess.Popen[str], with_signal: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
    process.send_signal(with_signal)
    said = process.communicate(timeout=120)[1]
    return process.returncode, said


@brokers(RedisServer, NatsServer, RabbitServer, KafkaServer)
def test_every_message_is_answered_or_a_dead_letter(server: Server, start: Start) -> None:
    good = messages(300)
    server.send([*good[:150], *BAD, *good[150:]])
    process = start("--batch-size", "64")
    wait_for_answers(server, 300, len(BAD))
    code, said = stop(process)
    assert (code, said) == (0, f"300 messages answered, {len(BAD)} dead letters\n")
    assert server.waiting() == 0
    answers = {each["id"]: each for each in server.read(ANSWERS)}
    assert answers.keys() == {each["id"] for each in good}
    model = load(OLD, threads=1)
    expected = model.predict([each["text"] for each in good]).tolist()
    assert [answers[each["id"]]["prediction"] for each in good] == expected
    assert {each["model"] for each in answers.values()} == {OLD.name}
    dead = {each["error"].partition(":")[0]: (each["message"], each.get("id")) for each in server.read(DEAD)}
    assert dead == {
        "is no JSON": ("{", None),
        "is not UTF-8": ("\\xff", None),
        "text is missing": ('{"id": "none"}', "none"),
        "text is only white space": ('{"id": "blank", "text": " "}', "blank"),
        "id is missing": ('{"text": "who?"}', None),
        "id is a list, expected a string or a number": ('{"id": ["x"], "text": "a list"}', None),
        "is JSON but no object": ("[1]", None),
    }


@brokers(RedisServer, NatsServer, slow=[RabbitServer, KafkaServer])
def test_messages_of_killed_consumers_are_answered_by_the_others(server: Server, start: Start) -> None:
    count = 4000
    options = ("--batch-size", "20", "--claim-after", "1")
    for sent in range(0, 3900, 1300):
        have = len(server.read(ANSWERS))
        server.send(messages(count)[sent : sent + 1300])  # new ones: the one before may have answered all of its own
        process = start(*options)
        wait_until(lambda have=have: len(server.read(ANSWERS)) > have)
        process.kill()
        process.communicate()
    server.send(messages(count)[-100:])  # whatever was left, there is something
    first, second = start(*options), start(*options)
    wait_for_answers(server, count)
    assert (stop(first)[0], stop(second)[0]) == (0, 0)
    assert {each["id"] for each in server.read(ANSWERS)} == set(range(count))
    assert server.read(DEAD) == []


@brokers(RedisServer, NatsServer, slow=[RabbitServer, KafkaServer])
def test_a_stopped_consumer_leaves_nothing_behind(server: Server, start: Start) -> None:
    count = 3000
    server.send(messages(count))
    process = start("--batch-size", "500", "--claim-after", server.patience)
    wait_until(lambda: server.read(ANSWERS))
    assert stop(process, signal.SIGINT)[0] == 130
    wait_until(lambda: server.waiting() == count - len(server.read(ANSWERS)))  # what it gives back may take a moment
    other = start("--claim-after", server.patience)  # nothing is left for it to claim
    wait_for_answers(server, count)
    stop(other)
    assert server.waiting() == 0
    assert sorted(each["id"] for each in server.read(ANSWERS)) == list(range(count))  # each once


@brokers(NatsServer)
def test_one_group_reads_several_subjects_of_a_stream(server: NatsServer) -> None:
    server.keep("events", ["events.a", "events.b"])
    for subject in ("events.a", "events.b"):
        server.put(subject, [{"id": subject, "text": "a lovely film"}])
    for subject, wait in (("events.a", "30"), ("events.b", "30"), ("events.a", "2")):
        options = ["--broker", server.address, "--in", subject, "--out", f"{subject[-1]}_out", "--claim-after", wait]
        process = reread_process(["stream", str(OLD), *options, "--threads", "1"])
        assert process.stderr is not None
        try:
            assert f"answers messages of {subject}" in process.stderr.readline()
            wait_until(lambda subject=subject: server.read(f"{subject[-1]}_out"))
        finally:
            process.terminate()
            process.communicate(timeout=120)
    assert [[each["id"] for each in server.read(f"{name}_out")] for name in "ab"] == [["events.a"], ["events.b"]]
    assert server.claims_after("events", "events.a") == 2


@brokers(NatsServer)
def test_topics_and_groups_with_almost_one_name_are_kept_apart(server: NatsServer) -> None:
    server.keep("source", ["a.b"])
    server.put("a.b", [{"id": 1, "text": "a lovely film"}])
    for group in ("my.group", "my_group"):
        options = ["--broker", server.address, "--in", "a.b", "--out", "a_b", "--group", group]
        process = reread_process(["stream", str(OLD), *options, "--threads", "1"])
        assert process.stderr is not None
        try:
            assert "answers messages of a.b" in process.stderr.readline()
            wait_until(lambda least=int(group == "my_group"): server.count("a_b") > least)
        finally:
            process.terminate()
            process.communicate(timeout=120)
    assert [each["id"] for each in server.read("a_b")] == [1, 1]


@brokers(RedisServer, NatsServer, slow=[RabbitServer])
def test_a_broker_may_be_killed_and_come_back(server: Server, start: Start) -> None:
    options = ("--batch-size", "20", "--claim-after", "1")
    server.send(messages(1000))
    process = start(*options)
    wait_until(lambda: server.read(ANSWERS))
    server.kill()
    server.start()
    server.send([{"id": "after", "text": "a film"}])
    wait_for_answers(server, 1001)
    assert stop(process)[0] == 0
    assert {each["id"] for each in server.read(ANSWERS)} == {*range(1000), "after"}


def test_groups_get_all_messages_each(server: Server, start: Start) -> None:
    server.send(messages(10))
    start()
    wait_until(lambda: len(server.read(ANSWERS)) == 10)
    start("--group", "other")
    wait_until(lambda: len(server.read(ANSWERS)) == 20)
    assert sorted(each["id"] for each in server.read(ANSWERS)) == sorted([*range(10), *range(10)])


@brokers(RabbitServer)
def test_a_virtual_host_that_is_not_there_is_named(server: Server, reread: Command) -> None:
    outcome = reread(f"stream {OLD} --in a --out b --broker {server.address}/elsewhere")
    said = "reread: the broker refuses its virtual host elsewhere: is it there, and may this user use it?\n"
    assert (outcome.code, outcome.err) == (2, said)


def test_a_new_model_is_taken_without_a_stop(server: Server, start: Start, work: Path) -> None:
    link = work / "current"
    link.symlink_to(OLD)
    process = start("--watch", model=link)
    server.send(messages(5))
    wait_until(lambda: len(server.read(ANSWERS)) == 5)
    newer = work / "next"
    newer.symlink_to(work / "model.reread")
    newer.rename(link)
    wait_until(lambda: sent_one(server) == "model.reread")
    assert {each["model"] for each in server.read(ANSWERS)} == {OLD.name, "model.reread"}
    assert process.stderr is not None
    assert process.stderr.readline().startswith("another model answers now: model.reread (")
    (work / "model.reread" / "config.json").write_text("{")
    (work / "model.reread" / "SHA256SUMS").write_text("")
    assert sent_one(server) == "model.reread"


def sent_one(server: Server) -> str:
    """The model that answers one more message."""
    have = len(server.read(ANSWERS))
    server.send([{"id": "more", "text": "a film"}])
    wait_until(lambda: len(server.read(ANSWERS)) > have)
    return str(server.read(ANSWERS)[-1]["model"])


def test_prometheus_reads_what_was_done(server: Server, start: Start) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start("--metrics", str(port))
    server.send([*messages(40), *BAD])
    wait_until(lambda: len(server.read(ANSWERS)) == 40 and server.waiting() == 0)
    wait_until(lambda: figures(port).get('reread_stream_messages_total{outcome="answered"}') == 40)
    found = figures(port)
    assert found['reread_stream_messages_total{outcome="dead"}'] == len(BAD)
    assert found["reread_stream_latency_seconds_count"] == 40 + len(BAD)
    assert found["reread_stream_batch_seconds_sum"] > 0
    wait_until(lambda: figures(port)["reread_stream_waiting"] == 0)


def figures(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as page:
        lines = page.read().decode().splitlines()
    pairs = [line.rpartition(" ") for line in lines if not line.startswith("#")]
    return {name: float(value) for name, _, value in pairs}


@brokers(RedisServer, slow=[NatsServer, RabbitServer, KafkaServer])
def test_a_shadow_says_where_it_disagrees(server: Server, start: Start, work: Path) -> None:
    server.send([*messages(40), *BAD])
    process = start("--shadow", str(work / "model.reread"), "--batch-size", "16")
    wait_for_answers(server, 40, len(BAD))
    code, said = stop(process)
    answers = {each["id"]: each for each in server.read(ANSWERS)}
    apart = server.read(SHADOW)
    others = load(work / "model.reread").predict([each["text"] for each in messages(40)]).tolist()
    assert {each["id"]: each["shadow"]["prediction"] for each in apart} == dict(enumerate(others))
    assert [{key: value for key, value in each.items() if key != "shadow"} for each in apart] == [
        answers[each["id"]] for each in apart
    ]
    assert {each["shadow"]["model"] for each in apart} == {"model.reread"}
    assert code == 0
    assert (
        f"40 messages answered, {len(BAD)} dead letters\nThe shadow disagrees with 40 of 40 answers (100.0 %); " in said
    )


@brokers(RedisServer)
def test_a_shadow_that_agrees_publishes_nothing(server: Server, start: Start) -> None:
    server.send(messages(40))
    process = start("--shadow", str(OLD), "--shadow-topic", "apart", "--json")
    wait_until(lambda: server.waiting() == 0)
    process.send_signal(signal.SIGTERM)
    written, said = process.communicate(timeout=120)
    assert json.loads(written)["shadow"] == ["The shadow gave the same 40 answers."]
    assert said.endswith("The shadow gave the same 40 answers.\n")
    assert server.read("apart") == []


@brokers(RedisServer, slow=[NatsServer, RabbitServer, KafkaServer])
def test_each_window_of_texts_has_a_report_of_drift(server: Server, start: Start, work: Path) -> None:
    server.send([*messages(30), *BAD, *messages(60)])
    start("--drift", "40", "--batch-size", "7", model=work / "model.reread")
    wait_until(lambda: server.waiting() == 0 and len(server.read(DRIFT)) == 2)
    reports = server.read(DRIFT)
    assert [(each["model"], each["texts"]) for each in reports] == [("model.reread", 40)] * 2
    assert sum(each["without_text"] for each in reports) == len(BAD)
    watch = DriftWatch(read_bundle(work / "model.reread"))
    assert [each["figure"] for each in reports[0]["figures"]] == [each.name for each in alike(watch).shifts]


def alike(watch: DriftWatch) -> Drift:
    watch.add([each["text"] for each in messages(40)])
    return watch.verdict()


@brokers(RedisServer)
def test_a_good_message_that_was_often_in_hand_is_answered_all_the_same(server: RedisServer, start: Start) -> None:
    server.send(messages(2))
    with server.client() as client:
        client.xgroup_create(SOURCE, GROUP, id="0")
        ((_, entries),) = client.xreadgroup(GROUP, "gone", {SOURCE: ">"})
        client.xclaim(SOURCE, GROUP, "gone", 0, [entries[0][0]], retrycount=99)
    start("--claim-after", "0.2")
    wait_until(lambda: server.waiting() == 0)
    assert {each["id"] for each in server.read(ANSWERS)} == {0, 1}
    assert server.read(DEAD) == []


@brokers(RedisServer)
def test_an_entry_of_redis_may_have_the_fields_themselves(server: RedisServer, start: Start) -> None:
    with server.client() as client:
        client.xadd(SOURCE, {"id": "one", "text": "a film"})
        client.xadd(SOURCE, {"id": "two", "text": b"\xff"})
        client.xadd(SOURCE, {"other": "three"})
    start()
    wait_until(lambda: len(server.read(DEAD)) == 2)
    assert [each["id"] for each in server.read(ANSWERS)] == ["one"]
    assert [each["message"] for each in server.read(DEAD)] == ["id two text \\xff", '{"other": "three"}']


@brokers(RedisServer)
def test_what_the_broker_refuses_ends_the_command(server: RedisServer, start: Start) -> None:
    with server.client() as client:
        client.set(ANSWERS, "no stream")
    process = start()
    server.send(messages(1))
    said = process.communicate(timeout=120)[1]
    assert process.returncode == 1
    assert said.splitlines()[-1].startswith("reread: the broker refused (WRONGTYPE")
    assert "film" not in said
    assert server.waiting() == 1


@brokers(RedisServer)
def test_what_the_broker_refuses_at_the_start_is_said(server: RedisServer) -> None:
    with server.client() as client:
        client.set(SOURCE, "no stream")
    process = reread_process(["stream", str(OLD), "--broker", server.address, "--in", SOURCE, "--out", ANSWERS])
    said = process.communicate(timeout=120)[1]
    assert (process.returncode, len(said.splitlines())) == (2, 1)
    assert said.startswith("reread: the broker refuses (WRONGTYPE")


@brokers(KafkaServer, slow=[RedisServer, NatsServer, RabbitServer])
def test_what_cannot_be_published_for_now_comes_again(server: Server) -> None:
    server.send(messages(30))
    route = Route(
        source=SOURCE, answers=ANSWERS, dead_letters=DEAD, group=GROUP, consumer="one", most=10, claim_after=6
    )
    failed = []

    async def sometimes(topic: str, bodies: Sequence[bytes]) -> None:
        if len(failed) < 2 and topic == ANSWERS:
            failed.append(len(bodies))
            raise consumer.broker.lost[0]("the broker is away")
        await publish(topic, bodies)

    def stop_when_done() -> None:
        wait_until(lambda: {each["id"] for each in server.read(ANSWERS)} == set(range(30)))
        os.kill(os.getpid(), signal.SIGTERM)

    async def run() -> None:
        nonlocal publish, consumer
        consumer = Consumer(Address.read(server.address), route, Answering(route, source))
        publish, consumer.broker.publish = consumer.broker.publish, sometimes
        done = asyncio.create_task(asyncio.to_thread(stop_when_done))
        await consumer.run()
        await done

    publish: Any = None
    consumer: Any = None
    source = ModelSource(OLD, lambda: Opened(load(OLD, threads=1)))
    asyncio.run(run())
    assert len(failed) == 2
    assert server.waiting() == 0
    assert server.read(DEAD) == []


@brokers(slow=[RabbitServer])
def test_an_answer_that_no_queue_takes_ends_the_command(server: RabbitServer, start: Start) -> None:
    process = start()
    server.forget(ANSWERS)
    server.send(messages(3))
    wait_until(lambda: process.poll() is not None)
    assert process.returncode == 1
    assert "reread: the broker refused (" in process.communicate()[1].splitlines()[-1]
    assert server.waiting() == 3


@brokers(slow=[RabbitServer])
def test_a_classic_queue_may_be_there_already(server: RabbitServer, start: Start) -> None:
    server.make(SOURCE)
    server.make(ANSWERS)
    server.send(messages(20))
    process = start("--batch-size", "7")
    wait_until(lambda: len(server.read(ANSWERS)) == 20)
    assert stop(process)[0] == 0
    assert sorted(each["id"] for each in server.read(ANSWERS)) == list(range(20))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--broker mqtt://x", 'unknown broker "mqtt://". Did you mean "amqp://"? Known: amqp://, amqps://, kafka://, kafka+ssl://, nats://, redis://, rediss://, tls://'),
        ("--broker localhost", 'unknown broker "localhost". Known: amqp://, amqps://, kafka://, kafka+ssl://, nats://, redis://, rediss://, tls://'),
        ("--broker me:secret@localhost", 'unknown broker "localhost". Known: amqp://'),
        ("--broker redis://127.0.0.1:{free}", "the broker cannot be reached (Error 111 connecting to 127.0.0.1:{free}."),
        pytest.param("--broker nats://127.0.0.1:{free}", "the broker cannot be reached (", marks=pytest.mark.slow),
        ("--broker amqp://127.0.0.1:{free}", "the broker cannot be reached ("),
        pytest.param("--broker kafka://127.0.0.1:{free}", "the broker cannot be reached (", marks=pytest.mark.slow),
        ("--broker kafka://", "the address of kafka:// cannot be read; expected kafka://USER:PASSWORD@HOST:PORT, with a PORT from 1 to 65535 and in USER and PASSWORD %40 for @,"),
        ("--broker redis://me:12/34@127.0.0.1", "the address of redis:// cannot be read; expected redis://USER:PASSWORD@HOST:PORT, with"),
        ("--broker redis://me:12#34@127.0.0.1", "the address of redis:// cannot be read; expected redis://USER:PASSWORD@HOST:PORT, with"),
        ("--broker nats://me:1:2@127.0.0.1:port", "the address of nats:// cannot be read; expected nats://USER:PASSWORD@HOST:PORT, with"),
        ("--broker redis://127.0.0.1:99999", "the address of redis:// cannot be read; expected"),
        ("--broker redis://127.0.0.1:7001,127.0.0.1:7002", "127.0.0.1:7001,127.0.0.1:7002: Redis has one host; name one"),
        ("--broker redis://127.0.0.1/abc", "127.0.0.1/abc: expected the number of a database, as in HOST:PORT/0"),
        ("--broker redis://me:secret@127.0.0.1?foo=bar", "127.0.0.1: redis-py does not take the option foo or its value"),
        ("--broker redis://127.0.0.1?db=xx", "127.0.0.1: redis-py does not take the option db or its value"),
        ("--broker nats://127.0.0.1 --group x --dead-letters 'sp ace'", "'sp ace' is no subject of NATS; expected words with dots between them"),
        ("--broker nats://127.0.0.1 --dead-letters .a", "'.a' is no subject of NATS; expected words"),
        ("--broker kafka://me:secret@127.0.0.1:1?mechanism=SCRAM", 'unknown mechanism "SCRAM". Known: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512'),
        ("--broker redis://127.0.0.1 --ca-file ca.pem", "redis:// is not encrypted and checks no certificates; rediss:// does"),
        ("--broker tls://127.0.0.1 --ca-file nowhere.pem", "nowhere.pem cannot be read as certificates in PEM: No such file or directory"),
        ("--broker amqp://127.0.0.1 --group other", "RabbitMQ hands each message of a queue to one group, not to other too;"),
        ("--broker amqp://127.0.0.1 --dead-letters 文本", "'文本' is no name of a queue that aio-pika takes; expected up to 255 of a-z,"),
        ("--broker redis://127.0.0.1 --dead-letters b", "each topic needs a name of its own; these are a, b, b"),
        ("--broker redis://127.0.0.1 --shadow-topic c", "--shadow-topic c: pass --shadow too"),
        (f"--broker redis://127.0.0.1 --shadow {OLD} --shadow-topic a", "each topic needs a name of its own; these are a, b, b.dead, a"),
        ("--broker redis://127.0.0.1 --drift 9", f"{OLD} does not say what its texts were like: it was trained with an older reread"),
        (f"--broker redis://127.0.0.1 --shadow {NUMBERS}", f"{NUMBERS} answers numbers, in which two models never quite agree; compare classes"),
        ("--broker redis://127.0.0.1 --shadow nowhere", "nowhere does not exist; expected a model folder"),
        ("--broker redis://127.0.0.1 --metrics here", "--metrics here: expected a port, or a host and a port"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_a_line(options: str, message: str, reread: Command) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # not listening: nobody answers
        port = free.getsockname()[1]
        outcome = reread(f"stream {OLD} --in a --out b {options.format(free=port)}")
    assert (outcome.code, len(outcome.err.splitlines())) == (2, 1)
    assert outcome.err.startswith(f"reread: {message.format(free=port)}")
