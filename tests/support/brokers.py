"""Real brokers on free ports of this machine, and what a test says to them."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

SOURCE, ANSWERS, DEAD = "texts", "answers", "answers.dead"
GROUP = "reread"


class Server(ABC):
    """A broker's server; what it was told outlasts `kill` and `start`."""

    program: ClassVar[str]
    scheme: ClassVar[str]

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @abstractmethod
    def arguments(self) -> list[str]: ...

    @abstractmethod
    def is_ready(self) -> bool: ...

    def start(self) -> None:
        command = [shutil.which(self.program) or self.program, *self.arguments()]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self.is_ready)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    @abstractmethod
    def send(self, messages: Sequence[Any]) -> None:
        """Publish messages: JSON objects, or bytes as they are."""

    @abstractmethod
    def read(self, topic: str) -> list[Any]:
        """All messages of a topic."""

    @abstractmethod
    def waiting(self) -> int:
        """Messages that the group has not acknowledged."""


class RedisServer(Server):
    program, scheme = "redis-server", "redis"

    def arguments(self) -> list[str]:
        options = {"port": self.port, "bind": "127.0.0.1", "dir": self.folder, "appendonly": "yes", "appendfsync": "always", "save": ""}  # fmt: skip
        return [part for name, value in options.items() for part in (f"--{name}", str(value))]

    def client(self) -> Any:
        import redis  # noqa: PLC0415  # an extra

        return redis.Redis(port=self.port)

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

    def waiting(self) -> int:
        with self.client() as client:
            (group,) = [each for each in client.xinfo_groups(SOURCE) if each["name"].decode() == GROUP]
            after = f"({group['last-delivered-id'].decode()}"  # after a restart Redis knows no lag
            return int(group["pending"]) + len(client.xrange(SOURCE, after))


class NatsServer(Server):
    program, scheme = "nats-server", "nats"

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

    def waiting(self) -> int:
        async def ask(stream: Any) -> int:
            info = await stream.consumer_info(SOURCE, GROUP)
            return int(info.num_pending + info.num_ack_pending)

        return self._do(ask)

    def _do(self, what: Any) -> Any:
        import nats  # noqa: PLC0415  # an extra

        async def connected() -> Any:
            connection = await nats.connect(self.address)
            try:
                return await what(connection.jetstream())
            finally:
                await connection.close()

        return asyncio.run(connected())


async def _is_ready(stream: Any) -> bool:
    try:
        await stream.account_info()
    except Exception:  # noqa: BLE001  # not yet, whatever it says
        return False
    return True


async def have(stream: Any, subject: str) -> None:
    await stream.add_stream(name=subject.replace(".", "_"), subjects=[subject])


def as_bytes(message: Any) -> bytes:
    return message if isinstance(message, bytes) else json.dumps(message).encode()


def wait_until(true: Any, seconds: float = 120) -> None:
    """Wait for what will be so; only a hang takes as long as this allows."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.05)
