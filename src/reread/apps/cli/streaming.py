"""What `reread stream` does."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import uuid
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reread.apps.cli.arguments.stream import StreamArguments
from reread.apps.cli.console import errors, number_of, print_json
from reread.apps.cli.exit_codes import INTERRUPTED
from reread.apps.cli.opening import chosen_answer, open_model
from reread.apps.stream.address import Address
from reread.apps.stream.brokers import Delivery, Route, broker_at
from reread.apps.stream.opened import Opened
from reread.errors import ConfigError, MissingExtraError
from reread.files import STANDARD_STREAM, check_output, write_whole
from reread.model.load import model_of
from reread.monitoring.source import ModelSource
from reread.monitoring.watch import DriftWatch

if TYPE_CHECKING:
    from reread.apps.stream.answering import Answering
    from reread.apps.stream.run import Consumer

WATCH_SECONDS = 2.0
PASSWORD = "REREAD_BROKER_PASSWORD"  # noqa: S105  # the variable's name


def stream(arguments: StreamArguments) -> int:
    """Run `reread stream`; the exit code."""
    try:
        from reread.apps.stream.answering import Answering  # noqa: PLC0415  # an extra
        from reread.apps.stream.run import Consumer  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("answering messages", "stream") from error

    route = Route(
        source=arguments.source,
        answers=arguments.out,
        dead_letters=arguments.dead_letters or f"{arguments.out}.dead",
        group=arguments.group,
        consumer=f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}",
        most=arguments.batch_size,
        claim_after=arguments.claim_after,
        shadow=_topic(arguments, "shadow", arguments.shadow, arguments.shadow_topic),
        drift=_topic(arguments, "drift", arguments.drift, arguments.drift_topic),
    )

    def ready() -> None:
        if not arguments.quiet:
            errors.print(
                f"{source.name} answers messages of {route.source} in {route.answers}; "
                f"those without an answer go to {route.dead_letters}"
            )

    def renewed(said: Sequence[str]) -> None:
        if not arguments.quiet:
            errors.print("\n".join(said), markup=False)

    async def consume() -> Consumer:
        watch = WATCH_SECONDS if arguments.watch else None
        consumer = Consumer(address, route, answering, ready=ready, renewed=renewed, watch=watch)
        if arguments.metrics is not None:
            consumer.metrics.serve(*_place(arguments.metrics))
        await consumer.run()
        return consumer

    address = Address.read(arguments.broker, password=os.environ.get(PASSWORD, ""), authority=arguments.ca_file)
    if arguments.asyncapi is not None:
        check_output(arguments.asyncapi)
    source = _source(arguments, drift=arguments.drift is not None)
    shadow = _source(replace(arguments, model=arguments.shadow)) if arguments.shadow is not None else None
    answering = Answering(route, source, shadow=shadow, drift_every=arguments.drift)
    if arguments.asyncapi is not None:
        asyncio.run(_describe(arguments.asyncapi, address, answering))
        return 0
    consumer = asyncio.run(consume())
    _tell(arguments, consumer, answering.sentences)
    return INTERRUPTED if consumer.stopped_by == signal.SIGINT else 0


def _tell(arguments: StreamArguments, consumer: Consumer, sentences: Sequence[str]) -> None:
    """Say what became of the messages."""
    counts = consumer.counts
    if arguments.as_json:
        said = {"shadow": sentences} if arguments.shadow is not None else {}
        print_json({"model": str(arguments.model), "answered": counts.answered, "dead": counts.dead, **said})
    if not arguments.quiet:
        errors.print(f"{number_of(counts.answered, 'message')} answered, {number_of(counts.dead, 'dead letter')}")
        for sentence in sentences:
            errors.print(sentence, markup=False)


async def _describe(path: Path, address: Address, answering: Answering) -> None:
    """Write the AsyncAPI document; the brokers' clients want a running loop, and are not connected."""
    from reread.apps.stream.document import document  # noqa: PLC0415  # an extra

    async def nothing(_: Sequence[Delivery]) -> None: ...

    said = document(broker_at(address, answering.route, nothing), answering)
    if str(path) == STANDARD_STREAM:
        print_json(said)
    else:
        write_whole(path, json.dumps(said, ensure_ascii=False, indent=2) + "\n")


def _source(arguments: StreamArguments, *, drift: bool = False) -> ModelSource[Opened]:
    return ModelSource(arguments.model, partial(_opened, arguments, drift=drift))


def _opened(arguments: StreamArguments, *, drift: bool) -> Opened:
    bundle = open_model(arguments)
    return Opened(model_of(bundle, chosen_answer(arguments, bundle)), DriftWatch(bundle) if drift else None)


def _topic(arguments: StreamArguments, kind: str, asked: object, named: str | None) -> str | None:
    """The topic that is named, or the one of that kind beside the answers; None: it is not asked for.

    Raises:
        ConfigError: it is named, but not asked for.
    """
    if asked is not None:
        return named or f"{arguments.out}.{kind}"
    if named is not None:
        raise ConfigError(f"--{kind}-topic {named}: pass --{kind} too")
    return None


def _place(address: str) -> tuple[str, int]:
    """The host and the port of an address.

    Raises:
        ConfigError: it has no port.
    """
    host, _, port = address.rpartition(":")
    if not (port.isdecimal() and 0 < int(port) < 1 << 16):
        raise ConfigError(f"--metrics {address}: expected a port, or a host and a port, as in 127.0.0.1:9100")
    return host.strip("[]") or "127.0.0.1", int(port)
