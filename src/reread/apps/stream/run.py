"""The consumer: takes batches, answers them, publishes, then acknowledges; until it is told to stop."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from faststream import FastStream

from reread.apps.stream.address import Address
from reread.apps.stream.answering import Answering
from reread.apps.stream.brokers import Broker, Delivery, Route, broker_at
from reread.apps.stream.log import logger
from reread.apps.stream.metrics import Metrics
from reread.errors import DataError, RereadError

RENEWALS = 3  # in the time after which a consumer counts as dead
TOGETHER = 3  # tries from which on a message is answered alone: it may be what ends the consumers
TRIES = 20  # from which on it is looked first whether it is
LAG_SECONDS = 5.0


@dataclass
class Counts:
    """What became of the messages."""

    answered: int = 0
    dead: int = 0


class Consumer:
    """One consumer of a stream.

    Args:
        address: the broker's.
        route: the topics.
        answering: the models.
        ready: called when it waits for messages.
        renewed: is told what to say of the models that it has taken since.
        watch: seconds between looks for a new model; None: the first one answers to the end.
    """

    def __init__(
        self,
        address: Address,
        route: Route,
        answering: Answering,
        *,
        ready: Callable[[], None] = lambda: None,
        renewed: Callable[[Sequence[str]], None] = lambda _: None,
        watch: float | None = None,
    ) -> None:
        self.broker: Broker = broker_at(address, route, self.handle)
        self.route = route
        self.answering = answering
        self.counts = Counts()
        self.metrics = Metrics()
        self.stopped_by: int | None = None
        self._ready, self._renewed = ready, renewed
        self._watch = watch
        self._failure: BaseException | None = None
        self._turn = asyncio.Lock()  # one batch at a time: the model uses all cores
        self._leaving = asyncio.Event()
        self._chores: list[asyncio.Task[None]] = []
        self._app = FastStream(self.broker.client, logger=None)
        self._app.on_startup(self._start)
        self._app.after_startup(self._started)
        self._app.on_shutdown(self._finish)

    async def run(self) -> None:
        """Answer messages until SIGINT or SIGTERM; what was taken is finished.

        Raises:
            DataError: the broker cannot be reached at the start, or refuses.
            RereadError: the broker refuses later.
        """
        try:
            await self._app.run()
        except self.broker.lost as error:
            raise DataError(f"the broker cannot be reached ({_words(error)})") from error
        except self.broker.refused as error:
            raise DataError(f"the broker refuses ({_words(error)})") from error
        if self._failure is not None:
            raise RereadError(f"the broker refused ({_words(self._failure)})") from self._failure
        if self.stopped_by is None:
            raise RereadError(f"the topic {self.route.source} or its group {self.route.group} is gone; start again")

    async def handle(self, deliveries: Sequence[Delivery]) -> None:
        """Answer a batch, publish the answers, then acknowledge the messages.

        What fails before the end is handed out again: each message is answered at least once.
        """
        alone = [each for each in deliveries if TOGETHER < each.tries <= TRIES]
        often = [each for each in deliveries if each.tries > TRIES]
        together = [each for each in deliveries if each.tries <= TOGETHER]
        random.shuffle(alone)  # so that none always comes after the one that ends its consumer
        left = [batch for batch in [together, *([each] for each in alone), often] if batch]
        async with self._renewing(left):  # those that wait for their turn too
            while left:
                await self._answer(left[0])
                del left[0]

    async def _answer(self, deliveries: Sequence[Delivery]) -> None:
        receipts = [each.receipt for each in deliveries]
        started = time.monotonic()
        try:
            async with self._turn:
                if self._failure is not None:  # nothing is acknowledged after what could not be answered
                    return
                batch = await asyncio.to_thread(self.answering.answer, deliveries, TRIES)
                for topic, bodies in batch.bodies.items():
                    await self.broker.publish(topic, bodies)
                await self.broker.acknowledge(receipts)
                reports = await asyncio.to_thread(self.answering.done, batch)
        except self.broker.lost as error:
            logger.warning("the broker is lost, its messages will come again (%s)", _words(error))
            self.metrics.lost.inc()
            await self._give_back(receipts)
            return
        except BaseException as error:
            self._fail(error)
            raise
        self.counts.answered += batch.answered
        self.counts.dead += batch.dead
        self.metrics.add(deliveries, batch, time.monotonic() - started)
        if reports and self.route.drift is not None:
            await self._report(self.route.drift, reports)

    async def _report(self, topic: str, reports: Sequence[bytes]) -> None:
        try:
            await self.broker.publish(topic, reports)
        except self.broker.lost as error:
            logger.warning("the broker is lost, and a report of drift with it (%s)", _words(error))
        except self.broker.refused as error:
            self._fail(error)

    async def _give_back(self, receipts: Sequence[Any]) -> None:
        try:
            with suppress(*self.broker.lost):  # then nothing can be acknowledged either
                await self.broker.give_back(receipts)
        except self.broker.refused as error:
            self._fail(error)
            raise

    def _fail(self, error: BaseException) -> None:
        self._failure = error
        self._app.exit()

    async def _start(self) -> None:
        await self.broker.prepare()

    async def _started(self) -> None:
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._stop)
        chores = [(self._claim, self.route.claim_after / 2), (self._measure, LAG_SECONDS)]
        if self._watch is not None:
            chores.append((self._look, self._watch))
        self._chores = [asyncio.create_task(self._repeat(*each)) for each in chores]
        self._ready()

    def _stop(self, name: int, _: Any) -> None:
        self.stopped_by = name
        signal.signal(signal.SIGINT, signal.default_int_handler)  # the second time at once
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self._app.exit()

    async def _finish(self) -> None:
        """Take no more, and answer what was taken."""
        self._leaving.set()
        await asyncio.gather(*self._chores)
        with suppress(*self.broker.lost):
            for subscriber in self.broker.client.subscribers:
                await subscriber.stop()
            while self._failure is None and (left := await self.broker.taken()):
                before = vars(self.counts).copy()
                await self.handle(left)
                if vars(self.counts) == before:
                    return
            await self.broker.leave()
        self.answering.end()

    async def _claim(self) -> None:
        while not self._leaving.is_set() and (deliveries := await self.broker.abandoned()):
            logger.info("%d messages of a consumer that is gone", len(deliveries))
            await self.handle(deliveries)

    async def _measure(self) -> None:
        self.metrics.waiting.set(await self.broker.waiting())

    async def _look(self) -> None:
        said = await asyncio.to_thread(self.answering.refresh)
        if said:
            async with self._turn:
                self.answering.restart()
            self.metrics.models.inc()
            self._renewed(said)

    async def _repeat(self, chore: Callable[[], Awaitable[None]], seconds: float) -> None:
        while not self._leaving.is_set():
            try:
                await asyncio.wait_for(self._leaving.wait(), seconds)
            except TimeoutError:
                await self._once(chore)

    async def _once(self, chore: Callable[[], Awaitable[None]]) -> None:
        try:
            with suppress(*self.broker.lost):  # the next time, then
                await chore()
        except self.broker.refused as error:
            self._fail(error)

    @asynccontextmanager
    async def _renewing(self, left: Sequence[Sequence[Delivery]]) -> AsyncIterator[None]:
        """Say that the messages are worked on for as long as they are left."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(self.route.claim_after / RENEWALS)
                with suppress(*self.broker.lost):
                    await self.broker.renew([each.receipt for batch in left for each in batch])

        task = asyncio.create_task(renew())
        try:
            yield
        finally:
            task.cancel()


def _words(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
