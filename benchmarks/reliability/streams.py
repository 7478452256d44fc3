"""Does `reread stream` lose or spoil a message, and what does the broker cost? Real brokers, killed consumers, restarts.

    python benchmarks/reliability/streams.py redis nats rabbitmq [--messages 100000] [--kills 20] [--restarts 2] [--model FOLDER]

Two consumers answer messages of about 12 words, some of which nobody can answer, while consumers and the broker are killed with SIGKILL, at points
spread over the work. Every id must be answered at least once, as the model alone answers it, and the dead letters must be the planted messages and
no other. Then, without kills, one consumer on one thread: messages a second beside `score_stream` on the same messages without a broker, and the
time from when a message is due to its answer's arrival at half that rate, for short and long texts (300 words). A line for each broker in
benchmarks/results/streams.jsonl; ends with 1 if a broker did not pass. Each part has --minutes at most; what is started is ended.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from many_rows import LENGTHS, WORDS, vocabulary
from ray_parts import MODEL

from reread import load
from reread.apps.stream import score_stream
from reread.machine import circumstances

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from support.brokers import ANSWERS, DEAD, SOURCE, NatsServer, RabbitServer, RedisServer, Server, as_bytes  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "streams.jsonl"
STREAM = [sys.executable, "-c", "from reread.apps.cli import main; main()", "stream"]
LONG = (280, 321)  # words of a long text
PLANTED = 1000  # one message in so many cannot be answered
CONSUMERS, CLAIM_SECONDS = 2, 2
SENT = 5000  # messages published together
LOOK_SECONDS = 0.05
SETTLE_SECONDS = 1.0
AT_ONCE = 16  # connections that publish
LATENCY_SECONDS = 20
TICK_SECONDS = 0.002  # a client that sends each message alone is itself the limit, at some thousands a second
LOAD = 0.5  # of the rate without kills, while latency is measured
CLOSE = 1e-5  # float32, whatever the batch
Body = bytes


def texts(count: int, lengths: tuple[int, int], seed: int = 0) -> list[str]:
    """Texts with words drawn by Zipf's law."""
    chance = np.random.default_rng(seed)
    words = np.array(vocabulary(), dtype=object)
    edges = np.cumsum(1 / np.arange(10, WORDS + 10))
    sizes = chance.integers(*lengths, size=count)
    drawn = words[np.searchsorted(edges, chance.random(int(sizes.sum())) * edges[-1])]
    return [" ".join(text) for text in np.split(drawn, np.cumsum(sizes)[:-1])]


def bodies(found: Sequence[str]) -> list[Body]:
    """Messages, their ids the places of their texts; one in `PLANTED` cannot be answered."""
    bad = (lambda k: b'{"id": %d' % k, lambda k: b'{"id": %d}' % k, lambda k: b'{"id": %d, "text": " "}' % k)
    return [
        bad[k // PLANTED % len(bad)](k) if k % PLANTED == PLANTED // 2 else as_bytes({"id": k, "text": text})
        for k, text in enumerate(found)
    ]


class Consumers:
    """Processes of `reread stream`."""

    def __init__(self, server: Server, model: Path, folder: Path) -> None:
        topics = ["--broker", server.address, "--in", SOURCE, "--out", ANSWERS, "--threads", "1"]
        self.command = [*STREAM, str(model), *topics, "--claim-after", str(CLAIM_SECONDS)]
        self.folder = folder
        self.running: list[tuple[subprocess.Popen[bytes], Path]] = []
        self.started = 0

    def start(self) -> None:
        """One more."""
        self.started += 1
        said = self.folder / f"{self.started}.log"
        with said.open("wb") as file:
            self.running.append((subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=file), said))

    def ready(self) -> list[tuple[subprocess.Popen[bytes], Path]]:
        """Those that wait for messages; one that found no broker when it started is started again."""
        begun = []
        for each in [*self.running]:
            ended = each[0].poll() is not None  # asked first: what it said stays
            if b"answers messages" in each[1].read_bytes():
                begun.append(each)
            elif ended:
                self.running.remove(each)
                self.start()
        return begun

    def kill(self) -> None:
        """Kill the one that is ready the longest."""
        first = self.ready()[0]
        self.running.remove(first)
        first[0].kill()
        first[0].wait()

    def stop(self, seconds: float) -> list[int]:
        """Let them finish; their exit codes."""
        for process, _ in self.running:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(seconds) for process, _ in self.running]
        self.running = []
        return codes

    def end(self) -> None:
        """Kill all that are left."""
        for process, _ in self.running:
            process.kill()
            process.wait()


class LateError(Exception):
    """It took longer than it may."""


class Clock(NamedTuple):
    """When a part must be done."""

    end: float

    def wait(self, true: Callable[[], object]) -> None:
        """Wait for what will be so.

        Raises:
            LateError: the part must be done, and it is not.
        """
        while not true():
            if time.monotonic() > self.end:
                raise LateError
            time.sleep(LOOK_SECONDS)


@contextmanager
def started(kind: type[Server], model: Path) -> Iterator[tuple[Server, Consumers]]:
    """A broker without messages, and its consumers; ended at the end."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "broker").mkdir()
        server = kind(folder / "broker")
        consumers = Consumers(server, model, folder)
        try:
            server.start()
            yield server, consumers
        finally:
            consumers.end()
            server.end()


def kills(kind: type[Server], asked: argparse.Namespace) -> dict[str, Any]:
    """Kill consumers and the broker while messages are answered, and look at what came out."""
    found = texts(asked.messages, LENGTHS)
    sent = bodies(found)
    bad = {k for k in range(len(sent)) if k % PLANTED == PLANTED // 2}
    done = {"kill": 0, "restart": 0}
    events = [(k / (n + 1), name) for name, n in (("kill", asked.kills), ("restart", asked.restarts)) for k in range(1, n + 1)]  # fmt: skip
    clock, late, codes = Clock(time.monotonic() + 60 * asked.minutes), False, list[int | None]()
    with started(kind, asked.model) as (server, consumers):
        for first in range(0, len(sent), SENT):
            server.send(sent[first : first + SENT])
        began = time.monotonic()
        for _ in range(CONSUMERS):
            consumers.start()
        try:
            for share, name in sorted(events):
                clock.wait(lambda share=share: server.count(ANSWERS) >= share * (len(sent) - len(bad)))
                clock.wait(consumers.ready)
                time.sleep(random.uniform(0, 0.1))  # anywhere in a batch
                if name == "kill":
                    consumers.kill()
                    consumers.start()
                else:
                    server.kill()
                    server.start()
                done[name] += 1
            while not codes or server.waiting():
                clock.wait(lambda: server.count(ANSWERS) >= len(sent) - len(bad) and server.waiting() == 0)
                clock.wait(lambda: len(consumers.ready()) == len(consumers.running))
                codes += consumers.stop(60 * asked.minutes)
                time.sleep(SETTLE_SECONDS)  # RabbitMQ does not count what somebody has taken: only now
                if server.waiting():
                    consumers.start()
        except LateError:
            late, codes = True, [process.poll() for process, _ in consumers.running]
        seconds = time.monotonic() - began
        answers, dead = server.read(ANSWERS), server.read(DEAD)
    good = [k for k in range(len(sent)) if k not in bad]
    alone = {each["id"]: each for each in score_stream(load(asked.model, threads=1), (sent[k] for k in good))}
    ids = {each["id"] for each in answers}
    letters = {each["message"] for each in dead}
    return {
        "messages": len(sent),
        "planted": len(bad),
        "kills": done["kill"],
        "broker_kills": done["restart"],
        "in_time": not late,
        "unanswered": len(set(good) - ids),
        "unknown": len(ids - set(good)),
        "answered_again": len(answers) - len(ids),
        "wrong": sum(not same(each, alone[each["id"]]) for each in answers if each["id"] in alone),
        "dead_letters_are_the_planted": letters == {sent[k].decode() for k in bad},
        "exit_codes": codes,
        "seconds": round(seconds, 1),
    }


def same(answer: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Whether two answers to a text are the same, but for what float32 rounds."""
    if answer["prediction"] != expected["prediction"]:
        return False
    shares, others = answer["probabilities"], expected["probabilities"]
    return shares.keys() == others.keys() and all(abs(share - others[name]) < CLOSE for name, share in shares.items())


def passed(found: dict[str, Any]) -> bool:
    """Whether nothing was lost or spoiled."""
    none = all(found[name] == 0 for name in ("unanswered", "unknown", "wrong"))
    return none and found["in_time"] and found["dead_letters_are_the_planted"] and not any(found["exit_codes"])


def speed(kind: type[Server], asked: argparse.Namespace, lengths: tuple[int, int], count: int) -> dict[str, Any]:
    """Messages a second and latency of one consumer, beside the scorer without a broker."""
    sent = [as_bytes({"id": k, "text": text}) for k, text in enumerate(texts(count, lengths, seed=1))]
    model = load(asked.model, threads=1)
    next(iter(score_stream(model, sent[:1])))
    began = time.perf_counter()
    answered = sum(1 for _ in score_stream(model, sent))
    bare = answered / (time.perf_counter() - began)
    clock = Clock(time.monotonic() + 60 * asked.minutes)
    with started(kind, asked.model) as (server, consumers):
        for first in range(0, len(sent), SENT):
            server.send(sent[first : first + SENT])
        consumers.start()
        clock.wait(consumers.ready)
        began = time.perf_counter()
        clock.wait(lambda: server.count(ANSWERS) >= count)
        rate = count / (time.perf_counter() - began)
        some = sent[: int(max(LOAD * rate * LATENCY_SECONDS, 1))]
        waits = asyncio.run(latencies(server, some, LOAD * rate, clock))
        consumers.stop(60 * asked.minutes)
    p50, p99 = np.quantile(waits, [0.5, 0.99])
    return {
        "messages": count,
        "messages_a_second": round(rate),
        "bare_messages_a_second": round(bare),
        "load_messages_a_second": round(LOAD * rate),
        "latency_messages": len(waits),
        "p50_ms": round(1000 * float(p50), 1),
        "p99_ms": round(1000 * float(p99), 1),
    }


async def latencies(server: Server, sent: Sequence[Body], rate: float, clock: Clock) -> list[float]:
    """Seconds from when each message is due, at a steady rate, to its answer's arrival; those due in one tick are sent together."""
    published: dict[int, float] = {}
    waits: list[float] = []
    async with LINES[type(server)](server) as (publish, answers):

        async def receive() -> None:
            async for body in answers:
                name = json.loads(body)["id"]
                if name in published:
                    waits.append(time.perf_counter() - published.pop(name))
                if len(waits) == len(sent):
                    return

        receiving = asyncio.create_task(receive())
        tasks = set()
        first, began = 0, time.perf_counter()
        while first < len(sent):
            due = min(len(sent), 1 + int(rate * (time.perf_counter() - began)))
            published.update((k, began + k / rate) for k in range(first, due))
            tasks.add(asyncio.create_task(publish(sent[first:due])))
            first = due
            await asyncio.sleep(TICK_SECONDS)
        await asyncio.gather(*tasks)
        await asyncio.wait_for(receiving, max(1, clock.end - time.monotonic()))
    return waits


@asynccontextmanager
async def redis_line(server: Server) -> AsyncIterator[tuple[Any, AsyncIterator[Body]]]:
    """What publishes a message to Redis, and the answers that come from now on."""
    import redis.asyncio  # noqa: PLC0415  # an extra

    pool = redis.asyncio.BlockingConnectionPool(port=server.port, max_connections=AT_ONCE, timeout=60)
    async with redis.asyncio.Redis.from_pool(pool) as client, redis.asyncio.Redis(port=server.port) as reader:
        found = await client.xrevrange(ANSWERS, count=1)
        last = found[0][0] if found else "0"

        async def answers() -> AsyncIterator[Body]:
            nonlocal last
            while True:
                for _, entries in await reader.xread({ANSWERS: last}, block=1000):
                    for last, fields in entries:  # noqa: B007  # the next read begins there
                        yield fields[b"data"]

        async def publish(bodies: Sequence[Body]) -> None:
            async with client.pipeline(transaction=False) as pipeline:
                for body in bodies:
                    pipeline.xadd(SOURCE, {"data": body})
                await pipeline.execute()

        yield publish, answers()


@asynccontextmanager
async def nats_line(server: Server) -> AsyncIterator[tuple[Any, AsyncIterator[Body]]]:
    """The same of NATS."""
    import nats  # noqa: PLC0415  # an extra

    connection = await nats.connect(server.address)
    try:
        found = await connection.subscribe(ANSWERS)
        stream = connection.jetstream()
        await connection.flush()

        async def publish(bodies: Sequence[Body]) -> None:
            await asyncio.gather(*(stream.publish(SOURCE, body) for body in bodies))

        yield publish, (message.data async for message in found.messages)
    finally:
        await connection.close()


@asynccontextmanager
async def rabbit_line(server: Server) -> AsyncIterator[tuple[Any, AsyncIterator[Body]]]:
    """The same of RabbitMQ; what lies in the queue of the answers is dropped."""
    import aio_pika  # noqa: PLC0415  # an extra

    async with await aio_pika.connect(server.address) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(ANSWERS, passive=True)
        await queue.purge()

        async def publish(bodies: Sequence[Body]) -> None:
            messages = (aio_pika.Message(body, delivery_mode=2) for body in bodies)
            await asyncio.gather(*(channel.default_exchange.publish(each, SOURCE) for each in messages))

        async with queue.iterator(no_ack=True) as found:
            yield publish, (message.body async for message in found)


LINES: dict[type[Server], Any] = {RedisServer: redis_line, NatsServer: nats_line, RabbitServer: rabbit_line}
KINDS: dict[str, type[Server]] = {"redis": RedisServer, "nats": NatsServer, "rabbitmq": RabbitServer}


def main() -> None:
    """Prove and measure, a line for each broker."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("brokers", nargs="+", choices=KINDS)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--restarts", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args()
    ok = True
    for name in asked.brokers:
        proof = kills(KINDS[name], asked)
        ok &= passed(proof)
        print(name, json.dumps(proof), flush=True)
        record = {
            "broker": name,
            "passed": passed(proof),
            "model": asked.model.name,
            "proof": proof,
            "short": speed(KINDS[name], asked, LENGTHS, asked.messages),
            "long": speed(KINDS[name], asked, LONG, max(asked.messages // 10, 1)),
            **circumstances(),
            "command": f"streams.py {name} --messages {asked.messages} --kills {asked.kills} --restarts {asked.restarts}",
        }
        print(json.dumps(record, indent=2), flush=True)
        with asked.results.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(record) + "\n")
    sys.exit(not ok)


if __name__ == "__main__":
    main()
