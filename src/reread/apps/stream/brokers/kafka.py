"""Kafka: messages and answers are JSON; a group's consumers share the partitions, and commit their offsets by hand."""

# ruff: noqa: SLF001  # the names of librdkafka's own errors begin with an underscore
from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any, ClassVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from faststream import AckPolicy
from faststream.confluent import KafkaBroker, Topic
from faststream.confluent.message import FAKE_CONSUMER, KafkaMessage

from reread.apps.stream.address import Address
from reread.apps.stream.brokers.base import Broker, Delivery, Handle, Route, brokers
from reread.apps.stream.log import logger
from reread.registry import unknown_name
from reread.typing import override

CONNECT_SECONDS = 10.0
POLL_SECONDS = 0.01
FINISH_SECONDS = 600.0
PUBLISH_SECONDS = 60.0
SESSION_SECONDS = (6.0, 1800.0)  # the shortest and longest that Kafka allows unless told otherwise
LOST = {
    KafkaError._TRANSPORT,
    KafkaError._ALL_BROKERS_DOWN,
    KafkaError._RESOLVE,
    KafkaError._TIMED_OUT,
    KafkaError._TIMED_OUT_QUEUE,
    KafkaError._MSG_TIMED_OUT,
    KafkaError._WAIT_COORD,
    KafkaError._ASSIGNMENT_LOST,
    KafkaError.ILLEGAL_GENERATION,  # the group went on without this consumer
    KafkaError.UNKNOWN_MEMBER_ID,
    KafkaError.REBALANCE_IN_PROGRESS,
}
NO_ENTRY = {KafkaError._AUTHENTICATION, KafkaError._SSL}
LAST = 100  # errors of a connection that are remembered
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")  # of SASL
NOT_OURS = {KafkaError._STATE, KafkaError._UNKNOWN_PARTITION}


class LostError(Exception):
    """Kafka cannot be reached for now."""


class RefusedError(Exception):
    """Kafka refuses."""


@brokers.register("kafka")
@brokers.register("kafka+ssl")
class Kafka(Broker):
    """Kafka, by its consumer groups."""

    encrypted: ClassVar = "kafka+ssl"
    lost: ClassVar = (LostError,)
    refused: ClassVar = (RefusedError,)

    def __init__(self, address: Address, route: Route, handle: Handle) -> None:
        super().__init__(address, route, handle)
        self.access = _access(address)
        self.client = KafkaBroker(
            address.hosts,
            config=self.access,  # type: ignore[arg-type]  # the same settings, by name
            logger=logger,
            apply_types=False,
            acks="all",
            graceful_timeout=FINISH_SECONDS,
        )
        shortest, longest = SESSION_SECONDS
        session = min(max(route.claim_after, shortest), longest)
        self.subscriber = self.client.subscriber(
            Topic(route.source, declare=False),
            group_id=route.group,
            batch=True,
            max_records=route.most,
            polling_interval=POLL_SECONDS,
            auto_offset_reset="earliest",
            session_timeout_ms=int(1000 * session),
            heartbeat_interval_ms=int(1000 * session / 3),
            max_poll_interval_ms=int(1000 * max(FINISH_SECONDS, session)),
            ack_policy=AckPolicy.MANUAL,
            parser=_parsed,
            decoder=_decoded,
        )
        self.subscriber(handle)

    @property
    @override
    def protocol(self) -> str:
        return "kafka-secure" if self.certificates is not None else "kafka"

    @override
    async def prepare(self) -> None:
        errors: deque[KafkaError] = deque(maxlen=LAST)
        self.producer = Producer(
            {
                "bootstrap.servers": self.address.hosts,
                **self.access,
                "enable.idempotence": True,
                "linger.ms": 1,
                "error_cb": errors.append,
            },
            logger=logger,
        )
        try:
            for topic in (self.route.source, *self.route.targets):
                # Asked for alone, a topic that is not there is made, where Kafka makes topics by itself.
                await asyncio.to_thread(self.producer.list_topics, topic, CONNECT_SECONDS)
        except KafkaException as error:
            self.producer.poll(0)  # why there is no connection is told there alone
            reasons = [each for each in errors if each.code() in NO_ENTRY]
            raise _told(reasons[0] if reasons else error.args[0]) from error

    @override
    async def publish(self, topic: str, bodies: Sequence[bytes]) -> None:
        if bodies:
            await asyncio.to_thread(self._publish, topic, bodies)

    @override
    async def acknowledge(self, receipts: Sequence[Any]) -> None:
        """Commit what comes after these messages."""
        after: dict[tuple[str, int], int] = {}
        for topic, partition, offset in receipts:
            after[topic, partition] = max(after.get((topic, partition), 0), offset + 1)
        places = [TopicPartition(*place, offset) for place, offset in after.items()]
        try:
            done = await asyncio.to_thread(self._consumer.commit, offsets=places, asynchronous=False)
        except KafkaException as error:
            raise _told(error.args[0]) from error
        for each in done or ():
            if each.error is not None:
                raise _told(each.error)

    @override
    async def give_back(self, receipts: Sequence[Any]) -> None:
        """Go back to the first of these messages, or the next commit would pass over them."""
        first: dict[tuple[str, int], int] = {}
        for topic, partition, offset in receipts:
            first[topic, partition] = min(first.get((topic, partition), offset), offset)
        for place, offset in first.items():
            try:
                await asyncio.to_thread(self._consumer.seek, TopicPartition(*place, offset))
            except KafkaException as error:
                if error.args[0].code() not in NOT_OURS:  # else another consumer begins with the last commit
                    raise RefusedError(str(error)) from error

    @override
    async def renew(self, receipts: Sequence[Any]) -> None:
        """The consumer's heartbeat says so."""

    @override
    async def waiting(self) -> int:
        try:
            return await asyncio.to_thread(self._waiting)
        except KafkaException as error:
            raise LostError(str(error)) from error

    @property
    def _consumer(self) -> Consumer:
        if self.subscriber.consumer is None:
            raise LostError("the consumer has stopped")
        return self.subscriber.consumer.consumer

    def _publish(self, topic: str, bodies: Sequence[bytes]) -> None:
        errors: list[KafkaError] = []
        for body in bodies:
            self.producer.produce(topic, body, on_delivery=lambda error, _: errors.append(error) if error else None)
        left = self.producer.flush(PUBLISH_SECONDS)
        if left:
            self.producer.purge()
            raise LostError(f"{left} messages could not be published within {PUBLISH_SECONDS:g} seconds")
        if errors:
            raise _told(errors[0])

    def _waiting(self) -> int:
        topic = self.producer.list_topics(self.route.source, CONNECT_SECONDS).topics[self.route.source]
        places = [TopicPartition(self.route.source, each) for each in topic.partitions]
        waiting = 0
        for place in self._consumer.committed(places, timeout=CONNECT_SECONDS):
            first, end = self._consumer.get_watermark_offsets(place, timeout=CONNECT_SECONDS)
            waiting += end - max(first, place.offset)  # a negative one: nothing is committed
        return waiting


def _access(address: Address) -> dict[str, Any]:
    """What librdkafka must know of encryption and passwords.

    Raises:
        ConfigError: the mechanism is not one of `MECHANISMS`.
    """
    mechanism = address.option("mechanism", MECHANISMS[0])
    if mechanism not in MECHANISMS:
        raise unknown_name("mechanism", mechanism, list(MECHANISMS))
    secure = address.scheme == Kafka.encrypted
    access = {"security.protocol": ("sasl_" if address.user else "") + ("ssl" if secure else "plaintext")}
    if address.user:
        access |= {"sasl.mechanism": mechanism, "sasl.username": address.user, "sasl.password": address.password}
    return access | ({"ssl.ca.location": str(address.authority)} if address.authority is not None else {})


def _told(error: KafkaError) -> LostError | RefusedError:
    """What an error means: to try again, or that Kafka refuses."""
    kind = LostError if error.retriable() or error.code() in LOST else RefusedError
    return kind(error.str())


async def _parsed(batch: tuple[Message, ...]) -> KafkaMessage:
    """The batch as it is: FastStream would read the headers, and skip a batch that has a strange one."""
    return KafkaMessage(raw_message=batch, body=b"", consumer=FAKE_CONSUMER, is_manual=True)


async def _decoded(message: KafkaMessage) -> list[Delivery]:
    return [_delivery(each) for each in message.raw_message]  # type: ignore[union-attr]


def _delivery(message: Message) -> Delivery:
    place = (message.topic(), message.partition(), message.offset())
    return Delivery(message.value() or b"", place, message.timestamp()[1] / 1000)
