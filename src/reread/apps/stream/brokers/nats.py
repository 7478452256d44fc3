"""NATS JetStream: messages and answers are JSON; what is not acknowledged in time is sent again by the server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any, ClassVar

from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.nats.message import NatsMessage
from nats import errors
from nats.js.api import ConsumerConfig
from nats.js.errors import NoStreamResponseError, NotFoundError, ServiceUnavailableError

from reread.apps.stream.brokers.base import Broker, Delivery, Handle, Route, brokers
from reread.apps.stream.brokers.gathering import Gatherer
from reread.apps.stream.log import logger
from reread.typing import override

FETCH_SECONDS = 5.0
CONNECT_SECONDS = 10.0
FINISH_SECONDS = 600.0


@brokers.register("nats")
class Nats(Broker):
    """JetStream, by one durable pull consumer for each group.

    FastStream's own batches are not used: where a fetch ends late, they lose what they have until it is sent again.
    """

    lost: ClassVar = (
        errors.TimeoutError,
        errors.ConnectionClosedError,
        errors.ConnectionDrainingError,
        errors.StaleConnectionError,
        errors.NoServersError,
        NoStreamResponseError,  # JetStream starts after the server does
        ServiceUnavailableError,
        OSError,
    )
    refused: ClassVar = (errors.Error,)
    tries: ClassVar = 100  # sent again at once to the next consumer, each counts for all that wait with the bad one

    def __init__(self, address: str, route: Route, handle: Handle) -> None:
        super().__init__(address, route, handle)
        self.nats = self.client = NatsBroker(
            address, logger=logger, apply_types=False, graceful_timeout=FINISH_SECONDS, max_reconnect_attempts=-1
        )

    @override
    async def prepare(self) -> None:
        connection = await asyncio.wait_for(self.client.connect(), CONNECT_SECONDS)
        self.jetstream = connection.jetstream()
        self.stream = await self._stream_of(self.route.source)
        for topic in self.route.targets:
            await self._stream_of(topic)
        subscriber = self.nats.subscriber(
            self.route.source,
            durable=self.route.group,
            stream=JStream(self.stream, declare=False),
            pull_sub=PullSub(batch_size=self.route.most, timeout=FETCH_SECONDS),
            config=ConsumerConfig(ack_wait=self.route.claim_after, max_ack_pending=-1),
            ack_policy=AckPolicy.MANUAL,
            decoder=_decoded,
        )
        subscriber(Gatherer(self.handle, self.route.most).add)

    @override
    async def publish(self, topic: str, bodies: Sequence[bytes]) -> None:
        await asyncio.gather(*(self.jetstream.publish(topic, body) for body in bodies))

    @override
    async def acknowledge(self, receipts: Sequence[Any]) -> None:
        for message in receipts:
            await message.ack()

    @override
    async def renew(self, receipts: Sequence[Any]) -> None:
        for message in receipts:
            await message.in_progress()

    @override
    async def waiting(self) -> int:
        info = await self.jetstream.consumer_info(self.stream, self.route.group)
        return (info.num_pending or 0) + (info.num_ack_pending or 0)

    async def _stream_of(self, subject: str) -> str:
        """The name of the stream that keeps a subject, made if there is none."""
        try:
            return str(await self.jetstream.find_stream_name_by_subject(subject))
        except NotFoundError:
            name = re.sub(r"\W", "_", subject)
            await self.jetstream.add_stream(name=name, subjects=[subject])
            return name


def _decoded(message: NatsMessage) -> list[Delivery]:
    raw = message.raw_message
    known = raw.metadata
    return [Delivery(raw.data, raw, known.timestamp.timestamp(), known.num_delivered or 1)]
