"""NATS JetStream: messages and answers are JSON; what is not acknowledged in time is sent again by the server."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any, ClassVar

from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.nats.message import NatsMessage
from faststream.nats.security import NatsSecurity, NatsToken, NatsUserPassword
from nats import errors
from nats.js.api import ConsumerConfig
from nats.js.errors import BadRequestError, NoStreamResponseError, NotFoundError, ServiceUnavailableError

from reread.apps.stream.address import Address
from reread.apps.stream.brokers.base import Broker, Delivery, Handle, Route, brokers
from reread.apps.stream.brokers.gathering import Gatherer
from reread.apps.stream.log import logger
from reread.errors import ConfigError
from reread.typing import override

FETCH_SECONDS = 5.0
CONNECT_SECONDS = 10.0
FINISH_SECONDS = 600.0


class PlainError(errors.Error):
    """A server that should encrypt does not."""

    @override
    def __str__(self) -> str:
        return "nats: the server does not encrypt, and is told neither a password nor messages; nats:// is for such"


class OtherSubjectError(errors.Error):
    """The group's consumer reads another subject."""

    def __init__(self, name: str, subject: str | None) -> None:
        super().__init__(f"nats: the consumer {name} reads {subject}; pass another --group")


@brokers.register("nats")
@brokers.register("tls")
class Nats(Broker):
    """JetStream, by one durable pull consumer for each group and subject.

    FastStream's own batches are not used: where a fetch ends late, they lose what they have until it is sent again.
    """

    encrypted: ClassVar = "tls"
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

    def __init__(self, address: Address, route: Route, handle: Handle) -> None:
        super().__init__(address, route, handle)
        for topic in (route.source, *route.targets):
            _check_subject(topic)
        self.durable = _own_name(f"{route.group}_{route.source}")
        self._error: Exception | None = None
        self._connected = False
        self.nats = self.client = NatsBroker(
            [f"{address.scheme}://{host}" for host in address.hosts.split(",")],
            security=_security(address, self.certificates),
            logger=logger,
            apply_types=False,
            graceful_timeout=FINISH_SECONDS,
            max_reconnect_attempts=-1,
            error_cb=self._noted,
        )

    @property
    @override
    def protocol(self) -> str:
        return "nats"

    @override
    async def prepare(self) -> None:
        try:
            connection = await asyncio.wait_for(self.client.connect(), CONNECT_SECONDS)
        except TimeoutError as error:
            raise self._error or error from error
        if self.certificates is not None and not _handshakes(self.certificates):
            raise PlainError
        self._connected = True
        self.jetstream = connection.jetstream()
        self.stream = await self._stream_of(self.route.source)
        for topic in self.route.targets:
            await self._stream_of(topic)
        await self._agree()
        subscriber = self.nats.subscriber(
            self.route.source,
            durable=self.durable,
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
        info = await self.jetstream.consumer_info(self.stream, self.durable)
        return (info.num_pending or 0) + (info.num_ack_pending or 0)

    async def _agree(self) -> None:
        """Have a consumer that is there already go by these options: the client would take it as it is.

        Raises:
            OtherSubjectError: it reads another subject.
        """
        try:
            there = (await self.jetstream.consumer_info(self.stream, self.durable)).config
        except NotFoundError:
            return
        if there.filter_subject != self.route.source:
            raise OtherSubjectError(self.durable, there.filter_subject)
        if there.ack_wait != self.route.claim_after:
            await self.jetstream.add_consumer(self.stream, there, ack_wait=self.route.claim_after)

    async def _noted(self, error: Exception) -> None:
        """Remember why there is no connection; at the start what time does not mend ends it."""
        self._error = error
        if not self._connected and isinstance(error, PlainError | ssl.SSLError):
            raise error

    async def _stream_of(self, subject: str) -> str:
        """The name of the stream that keeps a subject, made if there is none."""
        try:
            return str(await self.jetstream.find_stream_name_by_subject(subject))
        except NotFoundError:
            name = _plain(subject)
            try:
                await self.jetstream.add_stream(name=name, subjects=[subject])
            except BadRequestError:  # the stream of a subject with almost this name
                name = _own_name(subject)
                await self.jetstream.add_stream(name=name, subjects=[subject])
            return name


def _check_subject(topic: str) -> None:
    """Refuse a topic that the server would refuse in words of its own.

    Raises:
        ConfigError: it is no subject.
    """
    if not re.fullmatch(r"[^\s.*>]+(\.[^\s.*>]+)*", topic):
        what = "expected words with dots between them, none of them * or >, as in orders.new"
        raise ConfigError(f"{topic!r} is no subject of NATS; {what}")


def _plain(name: str) -> str:
    """A name of streams and consumers, in which much is not allowed."""
    return re.sub(r"\W", "_", name)


def _own_name(name: str) -> str:
    """A name that no other one becomes."""
    plain = _plain(name)
    return plain if plain == name else f"{plain}_{blake2b(name.encode(), digest_size=4).hexdigest()}"


def _security(address: Address, certificates: ssl.SSLContext | None) -> NatsSecurity:
    if not (address.user or address.password):
        return NatsSecurity(ssl_context=certificates)
    if not address.password:
        return NatsToken(_encrypted(address.user, certificates), ssl_context=certificates)
    password: Any = _encrypted(address.password, certificates)
    return NatsUserPassword(address.user, password, ssl_context=certificates)


def _encrypted(secret: str, certificates: ssl.SSLContext | None) -> Callable[[], str]:
    """Tells a secret after a new handshake only: the client would believe a server that says it does not encrypt."""
    before = 0

    def told() -> str:
        nonlocal before
        if certificates is not None:
            if _handshakes(certificates) == before:
                raise PlainError
            before = _handshakes(certificates)
        return secret

    return told


def _handshakes(certificates: ssl.SSLContext) -> int:
    return certificates.session_stats()["connect_good"]


def _decoded(message: NatsMessage) -> list[Delivery]:
    raw = message.raw_message
    known = raw.metadata
    return [Delivery(raw.data, raw, known.timestamp.timestamp(), known.num_delivered or 1)]
