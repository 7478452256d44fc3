"""Messages that come one by one → batches."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext, suppress

from reread.apps.stream.brokers.base import Delivery, Handle

WAIT_SECONDS = 0.005


class Gatherer:
    """Hands on what came within a few milliseconds, or fewer if the batch is full.

    Args:
        handle: answers a batch.
        most: messages in a batch.
        in_turn: whether a batch waits for the one before, and takes what comes meanwhile: they need no renewal.
    """

    def __init__(self, handle: Handle, most: int, *, in_turn: bool = False) -> None:
        self.handle = handle
        self._turn = asyncio.Lock() if in_turn else nullcontext()
        self.most = most
        self._waiting: list[Delivery] = []
        self._full = asyncio.Event()
        self._next: asyncio.Future[None] | None = None

    async def add(self, deliveries: Sequence[Delivery]) -> None:
        """Add messages; returns when they have been handled."""
        self._waiting += deliveries
        if self._next is None:
            self._next = asyncio.ensure_future(self._hand_on())
        handled = self._next
        if len(self._waiting) >= self.most:
            self._full.set()
        await asyncio.shield(handled)

    async def _hand_on(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._full.wait(), WAIT_SECONDS)
        async with self._turn:
            batch, self._waiting = self._waiting, []
            self._next = None
            self._full.clear()
            await self.handle(batch)
