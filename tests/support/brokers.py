"""Real brokers on free ports of this machine, and what a test says to them."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

SOURCE, ANSWERS, DEAD = "texts", "answers", "answers.dead"
SHADOW, DRIFT = "answers.shadow", "answers.drift"
GROUP = "reread"


class Server(ABC):
    """A broker's server; what it was told outlasts `kill` and `start`."""

    program: ClassVar[str]
    scheme: ClassVar[str]
    patience: ClassVar = "3600"
    """Seconds after which a consumer counts as dead, where none is."""
    lasts: ClassVar = False
    """Whether one server serves all tests, as it is slow to start; between them it is told to `forget`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @abstractmethod
    def arguments(self) -> list[str]: ...

    @abstractmethod
    def is_ready(self) -> bool: ...

    def environment(self) -> dict[str, str]:
        return {}

    def start(self) -> None:
        command = [shutil.which(self.program) or self.program, *self.arguments()]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **self.environment()},
            start_new_session=True,
        )
        wait_until(self.is_ready)

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)  # with what it started
            self.process.wait()
            self.process = None

    def end(self) -> None:
        self.kill()

    def forget(self, *topics: str) -> None:
        """Delete some topics; by itself all."""
        raise NotImplementedError

    @abstractmethod
    def send(self, messages: Sequence[Any]) -> None:
        """Publish messages: JSON objects, or bytes as they are."""

    @abstractmethod
    def read(self, topic: str) -> list[Any]:
        """All messages of a topic."""

    def count(self, topic: str) -> int:
        """Messages of a topic, as far as they were not read from a queue."""
        raise NotImplementedError

    @abstractmethod
    def waiting(self) -> int | None:
        """Messages that the group has not acknowledged."""


class RedisServer(Server):
    program, scheme = "redis-server", "redis"
    password: ClassVar[str | None] = None

    def arguments(self) -> list[str]:
        options = {"port": self.port, "bind": "127.0.0.1", "dir": self.folder, "appendonly": "yes", "appendfsync": "always", "save": ""}  # fmt: skip
        return [part for name, value in options.items() for part in (f"--{name}", str(value))]

    def client(self) -> Any:
        import redis  # noqa: PLC0415  # an extra

        return redis.Redis(port=self.port, password=self.password)

    def is_ready(self) -> bool:
        import redis  # noqa: PLC0415

        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    def send(self, messages: Sequence[Any]) -> None:
        with self.client() as client, client.pipeline(transaction=False) as pipeline:
            for each in messages:
                pipeline.xadd(SOURCE, {"data": as_bytes(each)})
            pipeline.execute()

    def read(self, topic: str) -> list[Any]:
        with self.client() as client:
            return [json.loads(fields[b"data"]) for _, fields in client.xrange(topic)]

    def count(self, topic: str) -> int:
        with self.client() as client:
            return int(client.xlen(topic))

    def waiting(self) -> int:
        with self.client() as client:
            (group,) = [each for each in client.xinfo_groups(SOURCE) if each["name"].decode() == GROUP]
            after = f"({group['last-delivered-id'].decode()}"  # after a restart Redis knows no lag
            return int(group["pending"]) + len(client.xrange(SOURCE, after))


class NatsServer(Server):
    program, scheme = "nats-server", "nats"
    patience = "20"  # what the server sends while a consumer takes its leave comes again only then

    def arguments(self) -> list[str]:
        return ["--jetstream", "--store_dir", str(self.folder), "--addr", "127.0.0.1", "--port", str(self.port)]

    def is_ready(self) -> bool:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", self.port)) != 0:
                return False
        return self._do(_is_ready)

    def send(self, messages: Sequence[Any]) -> None:
        async def publish(stream: Any) -> None:
            await have(stream, SOURCE)
            await asyncio.gather(*(stream.publish(SOURCE, as_bytes(each)) for each in messages))

        self._do(publish)

    def read(self, topic: str) -> list[Any]:
        from nats.js.api import ConsumerConfig  # noqa: PLC0415  # an extra

        async def fetch(stream: Any) -> list[Any]:
            name = topic.replace(".", "_")
            try:
                count = (await stream.stream_info(name)).state.messages
            except Exception as error:
                if type(error).__name__ != "NotFoundError":
                    raise
                return []
            reader = await stream.pull_subscribe(topic, stream=name, config=ConsumerConfig(max_ack_pending=-1))
            found: list[Any] = []
            while len(found) < count:
                found += await reader.fetch(min(500, count - len(found)), timeout=10)
            return [json.loads(each.data) for each in found]

        return self._do(fetch)

    def count(self, topic: str) -> int:
        async def ask(stream: Any) -> int:
            await have(stream, topic)
            return int((await stream.stream_info(topic.replace(".", "_"))).state.messages)

        return self._do(ask)

    def waiting(self) -> int:
        async def ask(stream: Any) -> int:
            info = await stream.consumer_info(SOURCE, f"{GROUP}_{SOURCE}")
            return int(info.num_pending + info.num_ack_pending)

        return self._do(ask)

    def keep(self, stream: str, subjects: Sequence[str]) -> None:
        """Make a stream of these subjects."""
        self._do(lambda jetstream: jetstream.add_stream(name=stream, subjects=[*subjects]))

    def put(self, subject: str, messages: Sequence[Any]) -> None:
        """Send to a subject that a stream keeps."""
        self._do(lambda jetstream: asyncio.gather(*(jetstream.publish(subject, as_bytes(each)) for each in messages)))

    def claims_after(self, stream: str, subject: str) -> float:
        """The seconds after which the messages of a subject's only consumer come again."""
        every = self._do(lambda jetstream: jetstream.consumers_info(stream))
        (config,) = [each.config for each in every if each.config.filter_subject == subject]
        return float(config.ack_wait)

    def access(self) -> dict[str, Any]:
        """Who asks, in the tests' own connections."""
        return {}

    def _do(self, what: Any) -> Any:
        import nats  # noqa: PLC0415  # an extra

        async def connected() -> Any:
            connection = await nats.connect(self.address, **self.access())
            try:
                return await what(connection.jetstream())
            finally:
                await connection.close()

        return asyncio.run(connected())


class RabbitServer(Server):
    """RabbitMQ; what `read` has taken from a queue it remembers."""

    program, scheme, lasts = "/usr/lib/rabbitmq/bin/rabbitmq-server", "amqp", True

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.seen: dict[str, list[Any]] = {}
        self.names, self.distribution = (free_port() for _ in range(2))  # of Erlang's nodes
        self.name_server: subprocess.Popen[bytes] | None = None

    def arguments(self) -> list[str]:
        return []

    def environment(self) -> dict[str, str]:
        folder = self.folder
        return {
            "HOME": str(folder),
            "RABBITMQ_NODENAME": f"reread{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.distribution),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self.names),
        }

    def start(self) -> None:
        if self.name_server is None:  # else RabbitMQ starts one that outlives it
            command = ["epmd", "-port", str(self.names), "-address", "127.0.0.1"]
            self.name_server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        super().start()

    def end(self) -> None:
        super().end()
        if self.name_server is not None:
            self.name_server.kill()
            self.name_server.wait()

    def is_ready(self) -> bool:
        import aio_pika  # noqa: PLC0415  # an extra

        async def nothing(channel: Any) -> None: ...

        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", self.port)) != 0:
                return False
        try:
            self._do(nothing)
        except (OSError, aio_pika.exceptions.AMQPError):
            return False
        return True

    def send(self, messages: Sequence[Any]) -> None:
        import aio_pika  # noqa: PLC0415

        if self.waiting() is None:
            self.make(SOURCE, {"x-queue-type": "quorum", "x-delivery-limit": 1000})

        async def publish(channel: Any) -> None:
            now = int(time.time())
            bodies = [aio_pika.Message(as_bytes(each), delivery_mode=2, timestamp=now) for each in messages]
            await asyncio.gather(*(channel.default_exchange.publish(each, SOURCE) for each in bodies))

        self._do(publish)

    def read(self, topic: str) -> list[Any]:
        import aio_pika  # noqa: PLC0415

        seen = self.seen.setdefault(topic, [])

        async def take(channel: Any) -> None:
            try:
                queue = await channel.declare_queue(topic, passive=True)
            except aio_pika.exceptions.ChannelNotFoundEntity:
                return
            count = queue.declaration_result.message_count
            if not count:
                return
            await channel.set_qos(prefetch_count=500)
            async with queue.iterator(timeout=60) as messages:
                async for message in messages:
                    seen.append(json.loads(message.body))
                    await message.ack()
                    count -= 1
                    if not count:
                        return

        self._do(take)
        return [*seen]

    def count(self, topic: str) -> int:
        return self._count(topic) or 0

    def waiting(self) -> int | None:
        """Messages that nobody has taken; None: there is no queue."""
        return self._count(SOURCE)

    def _count(self, topic: str) -> int | None:
        import aio_pika  # noqa: PLC0415

        async def ask(channel: Any) -> int | None:
            try:
                queue = await channel.declare_queue(topic, passive=True)
            except aio_pika.exceptions.ChannelNotFoundEntity:
                return None
            return queue.declaration_result.message_count

        return self._do(ask)

    def make(self, topic: str, arguments: dict[str, Any] | None = None) -> None:
        """A queue; by itself it is a classic one."""

        async def declare(channel: Any) -> None:
            await channel.declare_queue(topic, durable=True, arguments=arguments)

        self._do(declare)

    def forget(self, *topics: str) -> None:
        async def delete(channel: Any) -> None:
            for topic in topics or (SOURCE, ANSWERS, DEAD, SHADOW, DRIFT):
                await channel.queue_delete(topic)
                self.seen.pop(topic, None)

        self._do(delete)

    def _do(self, what: Any) -> Any:
        import aio_pika  # noqa: PLC0415

        async def connected() -> Any:
            async with await aio_pika.connect(self.address) as connection:
                return await what(await connection.channel())

        return asyncio.run(connected())


MOCK = """
import sys, time
from confluent_kafka import Producer
cluster = Producer({"test.mock.num.brokers": 2, "bootstrap.servers": "unused"})
print(*(f"{each.host}:{each.port}" for each in cluster.list_topics(timeout=60).brokers.values()), sep=",", flush=True)
sys.stdin.read()
"""


class KafkaServer(Server):
    """The mock cluster of librdkafka, which speaks Kafka's protocol; it forgets all when it ends."""

    program, scheme = sys.executable, "kafka"
    patience = "6"  # a new consumer waits as long for the one before, even if that has taken its leave

    def arguments(self) -> list[str]:
        return ["-c", MOCK]

    def start(self) -> None:
        command = [self.program, *self.arguments()]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        assert self.process.stdout is not None
        self.servers = self.process.stdout.readline().decode().strip()
        assert self.servers

    def kill(self) -> None:
        if self.process is not None:
            with self.process:  # closes the pipes
                self.process.kill()
            self.process = None

    @property
    def address(self) -> str:
        return f"kafka://{self.servers}"

    def is_ready(self) -> bool:
        return True

    def client(self, group: str = "reader") -> Any:
        import confluent_kafka  # noqa: PLC0415  # an extra

        return confluent_kafka.Consumer(
            {"bootstrap.servers": self.servers, "group.id": group, "enable.auto.commit": False}
        )

    def send(self, messages: Sequence[Any]) -> None:
        import confluent_kafka  # noqa: PLC0415

        producer = confluent_kafka.Producer({"bootstrap.servers": self.servers, "linger.ms": 1})
        for each in messages:
            producer.produce(SOURCE, as_bytes(each))
        assert producer.flush(60) == 0

    def read(self, topic: str) -> list[Any]:
        client, found = self.client(), []
        try:
            ends = {(each.topic, each.partition): self._ends(client, each) for each in self._places(client, topic)}
            for (name, partition), (first, end) in ends.items():
                if first == end:
                    continue
                client.assign([self._place(name, partition, first)])
                offset = first
                while offset < end:
                    for message in client.consume(min(500, end - offset), timeout=60):
                        assert message.error() is None
                        found.append(json.loads(message.value()))
                        offset = message.offset() + 1
        finally:
            client.close()
        return found

    def waiting(self) -> int:
        client = self.client(GROUP)
        try:
            return sum(
                (end := self._ends(client, each))[1] - max(end[0], each.offset)
                for each in client.committed(self._places(client, SOURCE), timeout=60)
            )
        finally:
            client.close()

    def _places(self, client: Any, topic: str) -> list[Any]:
        known = client.list_topics(topic, timeout=60).topics[topic]
        return [self._place(topic, each) for each in known.partitions]

    @staticmethod
    def _place(topic: str, partition: int, *offset: int) -> Any:
        import confluent_kafka  # noqa: PLC0415

        return confluent_kafka.TopicPartition(topic, partition, *offset)

    @staticmethod
    def _ends(client: Any, place: Any) -> tuple[int, int]:
        first, end = client.get_watermark_offsets(place, timeout=60)
        return first, end


async def _is_ready(stream: Any) -> bool:
    try:
        await stream.account_info()
    except Exception:  # noqa: BLE001  # not yet, whatever it says
        return False
    return True


async def have(stream: Any, subject: str) -> None:
    await stream.add_stream(name=subject.replace(".", "_"), subjects=[subject])


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def as_bytes(message: Any) -> bytes:
    return message if isinstance(message, bytes) else json.dumps(message).encode()


def wait_until(true: Any, seconds: float = 120) -> None:
    """Wait for what will be so; only a hang takes as long as this allows."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.05)
