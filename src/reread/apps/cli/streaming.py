"""What `reread stream` does."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import uuid

from reread.apps.cli.arguments.stream import StreamArguments
from reread.apps.cli.console import errors, number_of, print_json
from reread.apps.cli.exit_codes import INTERRUPTED
from reread.apps.cli.opening import chosen_answer, open_model
from reread.apps.stream.brokers import Route
from reread.apps.stream.source import ModelSource
from reread.errors import ConfigError, MissingExtraError
from reread.model.base import Model
from reread.model.load import model_of

WATCH_SECONDS = 2.0


def stream(arguments: StreamArguments) -> int:
    """Run `reread stream`; the exit code."""
    try:
        from reread.apps.stream.run import Consumer  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError("answering messages", "stream") from error

    def opening() -> Model:
        bundle = open_model(arguments)
        return model_of(bundle, chosen_answer(arguments, bundle))

    route = Route(
        source=arguments.source,
        answers=arguments.out,
        dead_letters=arguments.dead_letters or f"{arguments.out}.dead",
        group=arguments.group,
        consumer=f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}",
        most=arguments.batch_size,
        claim_after=arguments.claim_after,
    )

    def ready() -> None:
        if not arguments.quiet:
            errors.print(
                f"{source.name} answers messages of {route.source} in {route.answers}; "
                f"those without an answer go to {route.dead_letters}"
            )

    async def consume() -> Consumer:
        consumer = Consumer(
            arguments.broker, route, source, ready=ready, watch=WATCH_SECONDS if arguments.watch else None
        )
        if arguments.metrics is not None:
            consumer.metrics.serve(*_place(arguments.metrics))
        await consumer.run()
        return consumer

    source = ModelSource(arguments.model, opening)
    consumer = asyncio.run(consume())
    counts = consumer.counts
    if arguments.as_json:
        print_json({"model": str(arguments.model), "answered": counts.answered, "dead": counts.dead})
    if not arguments.quiet:
        errors.print(f"{number_of(counts.answered, 'message')} answered, {number_of(counts.dead, 'dead letter')}")
    return INTERRUPTED if consumer.stopped_by == signal.SIGINT else 0


def _place(address: str) -> tuple[str, int]:
    """The host and the port of an address.

    Raises:
        ConfigError: it has no port.
    """
    host, _, port = address.rpartition(":")
    if not (port.isdecimal() and 0 < int(port) < 1 << 16):
        raise ConfigError(f"--metrics {address}: expected a port, or a host and a port, as in 127.0.0.1:9100")
    return host.strip("[]") or "127.0.0.1", int(port)
