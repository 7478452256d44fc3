"""What every broker does: hands out messages in batches, and takes back answers and acknowledgements."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias

from reread.apps.stream.address import Address
from reread.apps.stream.messages import Message
from reread.errors import ConfigError
from reread.registry import Registry, unknown_name

if TYPE_CHECKING:
    from faststream._internal.broker import BrokerUsecase


class Delivery(NamedTuple):
    """One message as it was handed out.

    Attributes:
        message: what it says.
        receipt: what acknowledges it.
        sent: when it was published, in seconds since 1970; 0: unknown.
        tries: how often it was handed out; 1 where the broker does not count.
    """

    message: Message
    receipt: Any
    sent: float = 0.0
    tries: int = 1


Handle: TypeAlias = Callable[[Sequence[Delivery]], Awaitable[None]]
"""Answers and acknowledges messages, or raises; then they are handed out again."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """Where messages come from and answers go.

    Attributes:
        source: the topic of the messages.
        answers: the topic of the answers.
        dead_letters: the topic of what has no answer.
        shadow: the topic of answers that a second model does not agree with; None: there is none.
        drift: the topic of reports of drift; None: there are none.
        group: consumers of one group share the messages.
        consumer: the name of this one; no other has it.
        most: messages in a batch.
        claim_after: seconds after which messages of a dead consumer are handed out again.
    """

    source: str
    answers: str
    dead_letters: str
    group: str
    consumer: str
    most: int
    claim_after: float
    shadow: str | None = None
    drift: str | None = None

    @property
    def targets(self) -> list[str]:
        """The topics that are published to."""
        return [each for each in (self.answers, self.dead_letters, self.shadow, self.drift) if each is not None]


class Broker(ABC):
    """A broker at an address.

    Subclasses make ``client``, subscribe ``handle`` to it with acknowledgement by hand, and translate what it hands
    out. Of two consumers in one group each gets other messages, and what one took and did not acknowledge is handed out
    again after ``route.claim_after`` seconds without `renew`.

    Args:
        address: where it is.
        route: the topics.
        handle: answers a batch.

    Raises:
        ConfigError: the address is not one of this broker's.

    Attributes:
        encrypted: the scheme of its addresses that are encrypted.
        framing: how a JSON object is put into a message, if it is not the message.
        client: FastStream's broker.
        lost: what is raised where the broker cannot be reached for now.
        refused: what is raised where it refuses.
    """

    encrypted: ClassVar[str]
    framing: ClassVar[str] = ""
    client: BrokerUsecase[Any, Any, Any]
    lost: ClassVar[tuple[type[Exception], ...]]
    refused: ClassVar[tuple[type[Exception], ...]]

    def __init__(self, address: Address, route: Route, handle: Handle) -> None:
        self.address = address
        self.route = route
        self.handle = handle
        self.certificates = address.certificates() if address.scheme == self.encrypted else None
        if address.authority is not None and self.certificates is None:
            raise ConfigError(
                f"{address.scheme}:// is not encrypted and checks no certificates; {self.encrypted}:// does"
            )

    @property
    def protocol(self) -> str:
        """Its name in AsyncAPI."""
        return self.address.scheme

    @abstractmethod
    async def prepare(self) -> None:
        """Connect, and make the topics and the group if they are not there: it starts with the oldest message."""

    @abstractmethod
    async def publish(self, topic: str, bodies: Sequence[bytes]) -> None:
        """Publish JSON objects in order; when this returns, the broker has all of them."""

    @abstractmethod
    async def acknowledge(self, receipts: Sequence[Any]) -> None:
        """Messages are done: nobody gets them again."""

    async def give_back(self, receipts: Sequence[Any]) -> None:  # noqa: B027  # most brokers do it by themselves
        """Messages were not answered, for the broker was lost: they are handed out again."""

    @abstractmethod
    async def renew(self, receipts: Sequence[Any]) -> None:
        """Messages are still being worked on."""

    @abstractmethod
    async def waiting(self) -> int:
        """Messages that the group has not acknowledged."""

    async def abandoned(self) -> Sequence[Delivery]:
        """Messages that a dead consumer took, at most a batch of them; empty where the broker sends them by itself."""
        return ()

    async def taken(self) -> Sequence[Delivery]:
        """Messages that this consumer took and has not acknowledged, at most a batch of them."""
        return ()

    async def leave(self) -> None:  # noqa: B027  # most brokers need not be told
        """This consumer goes; what it took and did not acknowledge stays for the others."""


GROUP = "reread"  # unless another is named
brokers: Registry[Callable[[Address, Route, Handle], Broker]] = Registry("broker", __package__)


def broker_at(address: Address, route: Route, handle: Handle) -> Broker:
    """The broker of an address.

    Raises:
        ConfigError: no broker has such addresses, or two topics are one.
    """
    topics = [route.source, *route.targets]
    if len({*topics}) < len(topics):
        raise ConfigError(f"each topic needs a name of its own; these are {', '.join(topics)}")
    known = brokers.names()
    if address.scheme not in known or not address.hosts:
        shown = f"{address.scheme}://" if address.hosts else address.scheme
        raise unknown_name("broker", shown, [f"{each}://" for each in known])
    return brokers.get(address.scheme)(address, route, handle)
