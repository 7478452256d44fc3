"""Redis Streams: an entry has the fields ``id`` and ``text``, or one field ``data`` with JSON, as answers have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from faststream import AckPolicy
from faststream.redis import RedisBroker, StreamSub
from faststream.redis.message import RedisBatchStreamMessage
from redis.asyncio import ConnectionPool
from redis.exceptions import ConnectionError as LostError
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as SlowError

from reread.apps.stream.address import Address
from reread.apps.stream.brokers.base import Broker, Delivery, Handle, Route, brokers
from reread.apps.stream.log import logger
from reread.apps.stream.messages import Message
from reread.errors import ConfigError
from reread.typing import override

DATA = b"data"
POLL_MS = 1000
COUNTED = 10_000
FINISH_SECONDS = 600.0


def _check(address: Address) -> None:
    """Refuse what redis-py would pass over, or end with at the first message.

    Raises:
        ConfigError: there are several hosts, the path is no number of a database, or there is no such option.
    """
    if "," in address.hosts:
        raise ConfigError(f"{address.hosts}: Redis has one host; name one")
    if not re.fullmatch("/?[0-9]*", address.path):
        raise ConfigError(f"{address.hosts}{address.path}: expected the number of a database, as in HOST:PORT/0")
    try:
        ConnectionPool.from_url(address.secret_url).make_connection()  # type: ignore[no-untyped-call]
    except (TypeError, ValueError) as error:
        names = ", ".join(dict(parse_qsl(address.options, keep_blank_values=True)))
        raise ConfigError(f"{address.hosts}: redis-py does not take the option {names} or its value") from error


@brokers.register("redis")
@brokers.register("rediss")
class Redis(Broker):
    """Redis Streams, by consumer groups."""

    encrypted: ClassVar = "rediss"
    framing: ClassVar = "An entry of the stream has one field, data, with this JSON."
    lost: ClassVar = (LostError, SlowError, OSError)
    refused: ClassVar = (RedisError,)

    def __init__(self, address: Address, route: Route, handle: Handle) -> None:
        super().__init__(address, route, handle)
        _check(address)
        trusted = {} if address.authority is None else {"ssl_ca_certs": str(address.authority)}
        self.client = RedisBroker(
            address.secret_url,
            **trusted,  # type: ignore[arg-type]  # FastStream hands it on
            logger=logger,
            apply_types=False,
            graceful_timeout=FINISH_SECONDS,
        )
        source = StreamSub(
            route.source,
            group=route.group,
            consumer=route.consumer,
            batch=True,
            max_records=route.most,
            polling_interval=POLL_MS,
        )
        subscriber = self.client.subscriber(
            stream=source, ack_policy=AckPolicy.MANUAL, parser=self._parsed, decoder=self._decoded
        )
        subscriber(handle)

    @override
    async def prepare(self) -> None:
        self.redis = await self.client.connect()
        try:
            await self.redis.xgroup_create(self.route.source, self.route.group, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    @override
    async def publish(self, topic: str, bodies: Sequence[bytes]) -> None:
        async with self.redis.pipeline(transaction=False) as pipeline:
            for body in bodies:
                pipeline.xadd(topic, {DATA: body})
            outcomes = await pipeline.execute(raise_on_error=False)  # else the error would show what was published
        for each in outcomes:
            if isinstance(each, Exception):
                raise each

    @override
    async def acknowledge(self, receipts: Sequence[Any]) -> None:
        await self.redis.xack(self.route.source, self.route.group, *receipts)

    @override
    async def renew(self, receipts: Sequence[Any]) -> None:
        route = self.route
        await self.redis.xclaim(route.source, route.group, route.consumer, 0, receipts, justid=True)

    @override
    async def waiting(self) -> int:
        for group in await self.redis.xinfo_groups(self.route.source):
            if group["name"] == self.route.group.encode():
                return int(group["pending"]) + await self._lag(group)
        return 0

    async def _lag(self, group: Mapping[str, Any]) -> int:
        """Messages that nobody has taken, counted as far as `COUNTED` where Redis does not know, as after a restart."""
        if group["lag"] is not None:
            return int(group["lag"])
        after = f"({group['last-delivered-id'].decode()}"
        return len(await self.redis.xrange(self.route.source, after, count=COUNTED))

    @override
    async def abandoned(self) -> Sequence[Delivery]:
        route = self.route
        idle = int(1000 * route.claim_after)
        _, entries, *_ = await self.redis.xautoclaim(route.source, route.group, route.consumer, idle, count=route.most)
        if not entries:
            return []
        first, last = entries[0][0], entries[-1][0]
        pending = await self.redis.xpending_range(route.source, route.group, first, last, len(entries), route.consumer)
        tries = {each["message_id"]: int(each["times_delivered"]) for each in pending}
        return [_delivery(receipt, fields)._replace(tries=tries.get(receipt, 1)) for receipt, fields in entries]

    @override
    async def taken(self) -> Sequence[Delivery]:
        route = self.route
        found = await self.redis.xreadgroup(route.group, route.consumer, {route.source: "0"}, count=route.most)
        return [_delivery(receipt, fields) for _, entries in found for receipt, fields in entries if fields]

    @override
    async def leave(self) -> None:
        route = self.route
        with suppress(ResponseError):  # the group is gone
            if not await self.redis.xpending_range(route.source, route.group, "-", "+", 1, route.consumer):
                # Else its messages would be forgotten with it.
                await self.redis.xgroup_delconsumer(route.source, route.group, route.consumer)

    def _parsed(self, raw: Any) -> RedisBatchStreamMessage:
        return RedisBatchStreamMessage(raw_message=raw, body=b"", consumer=self.redis, group=self.route.group)

    @staticmethod
    def _decoded(batch: RedisBatchStreamMessage) -> list[Delivery]:
        raw = batch.raw_message
        return [_delivery(*entry) for entry in zip(raw["message_ids"], raw["data"], strict=True)]


def _delivery(receipt: bytes, fields: Mapping[bytes, bytes]) -> Delivery:
    return Delivery(_message(fields), receipt, int(receipt.partition(b"-")[0]) / 1000)


def _message(fields: Mapping[bytes, bytes]) -> Message:
    if DATA in fields:
        return fields[DATA]
    try:
        return {name.decode(): value.decode() for name, value in fields.items()}
    except UnicodeDecodeError:
        return b" ".join(part for pair in fields.items() for part in pair)
