"""RabbitMQ: topics are queues, messages and answers JSON; what a consumer that goes did not acknowledge comes again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, ClassVar
from urllib.parse import unquote

from aio_pika import DeliveryMode, Message
from aio_pika.exceptions import (
    AMQPConnectionError,
    AMQPError,
    ChannelInvalidStateError,
    ChannelNotFoundEntity,
    InvalidFrameError,
    MessageProcessError,
)
from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue
from faststream.rabbit.message import RabbitMessage
from faststream.rabbit.utils import RabbitClientProperties
from faststream.security import BaseSecurity

from reread.apps.stream.address import Address
from reread.apps.stream.brokers.base import GROUP, Broker, Delivery, Handle, Route, brokers
from reread.apps.stream.brokers.gathering import Gatherer
from reread.apps.stream.log import logger
from reread.errors import ConfigError, DataError
from reread.typing import override

CONNECT_SECONDS = 10.0
RECONNECT_SECONDS = 1.0
FINISH_SECONDS = 600.0
PUBLISH_SECONDS = 60.0
HEARTBEAT_SECONDS = 10  # at least: a busy machine misses shorter ones
MOST_TAKEN = 65535
# Durable on every node of a cluster, and counts deliveries; from version 4 on it would drop a message after 20.
QUORUM = {"x-queue-type": "quorum", "x-delivery-limit": 1000}
ALONE = 4  # a classic queue says only that it is not the first time


@brokers.register("amqp")
@brokers.register("amqps")
class Rabbit(Broker):
    """Queues of RabbitMQ, which commands share; one that is not there becomes a quorum queue."""

    encrypted: ClassVar = "amqps"
    lost: ClassVar = (AMQPConnectionError, ChannelInvalidStateError, OSError, TimeoutError)
    refused: ClassVar = (AMQPError,)

    def __init__(self, address: Address, route: Route, handle: Handle) -> None:
        super().__init__(address, route, handle)
        logging.getLogger("aiormq.connection").setLevel(logging.ERROR)  # aio_pika says it too
        if route.group != GROUP:
            raise ConfigError(
                f"RabbitMQ hands each message of a queue to one group, not to {route.group} too; bind a queue of its "
                f"own to the exchange, and take the messages from that"
            )
        self.client = RabbitBroker(
            address.secret_url,
            security=BaseSecurity(ssl_context=self.certificates) if self.certificates is not None else None,
            logger=logger,
            apply_types=False,
            graceful_timeout=FINISH_SECONDS,
            timeout=CONNECT_SECONDS,
            reconnect_interval=RECONNECT_SECONDS,
            client_properties=RabbitClientProperties(heartbeat=max(HEARTBEAT_SECONDS, round(route.claim_after))),
        )
        subscriber = self.client.subscriber(
            RabbitQueue(route.source, declare=False),
            channel=Channel(prefetch_count=min(route.most, MOST_TAKEN)),
            ack_policy=AckPolicy.MANUAL,
            decoder=_decoded,
        )
        subscriber(Gatherer(handle, route.most, in_turn=True).add)

    @override
    async def prepare(self) -> None:
        try:
            self.connection = await self.client.connect()
        except InvalidFrameError as error:  # the server closes the connection where it should open
            place = unquote(self.address.path[1:]) or "/"
            said = f"the broker refuses its virtual host {place}: is it there, and may this user use it?"
            raise DataError(said) from error
        for topic in (self.route.source, *self.route.targets):
            await self._have(topic)
        # An answer that no queue takes comes back, and must not count as published.
        self.channel = await self.connection.channel(on_return_raises=True)

    @override
    async def publish(self, topic: str, bodies: Sequence[bytes]) -> None:
        exchange = self.channel.default_exchange
        messages = [
            Message(body, content_type="application/json", delivery_mode=DeliveryMode.PERSISTENT) for body in bodies
        ]
        await asyncio.gather(*(exchange.publish(each, topic, timeout=PUBLISH_SECONDS) for each in messages))

    @override
    async def acknowledge(self, receipts: Sequence[Any]) -> None:
        for message in receipts:
            await message.ack()

    @override
    async def give_back(self, receipts: Sequence[Any]) -> None:
        """Else they come again only when this consumer goes."""
        for message in receipts:
            with suppress(*self.lost, MessageProcessError):  # they come again anyway, or were acknowledged
                await message.nack(requeue=True)

    @override
    async def renew(self, receipts: Sequence[Any]) -> None:
        """The connection's heartbeat says so."""

    @override
    async def waiting(self) -> int:
        """Messages that nobody has taken; what others have taken RabbitMQ does not say."""
        # While the connection is made anew, a channel waits without end.
        asked = self.channel.declare_queue(self.route.source, passive=True, robust=False)
        queue = await asyncio.wait_for(asked, CONNECT_SECONDS)
        return queue.declaration_result.message_count or 0

    async def _have(self, name: str) -> None:
        """A queue, of whatever kind it is."""
        try:
            async with self.connection.channel() as channel:
                await channel.declare_queue(name, passive=True, robust=False)
        except ChannelNotFoundEntity:
            async with self.connection.channel() as channel:
                await channel.declare_queue(name, durable=True, arguments=QUORUM, robust=False)


async def _decoded(message: RabbitMessage) -> list[Delivery]:
    raw = message.raw_message
    count = raw.headers.get("x-delivery-count")
    tries = 1 + count if isinstance(count, int) else ALONE if raw.redelivered else 1
    return [Delivery(raw.body, raw, raw.timestamp.timestamp() if raw.timestamp else 0.0, tries)]
