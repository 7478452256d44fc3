"""New models in the places of old ones while requests are answered, and back again."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from reread.apps.serve.app import Service
from reread.apps.serve.served import Served
from reread.apps.serve.shadow import Shadow
from reread.monitoring.source import ModelSource, logger

SIGNALS = tuple(getattr(signal, name) for name in ("SIGHUP", "SIGUSR1") if hasattr(signal, name))
"""To look for new models, and to go back."""


def not_yet() -> None:
    """Let no signal end a process that is about to open its models: it will find what is there."""
    for name in SIGNALS:
        signal.signal(name, signal.SIG_IGN)


class Replacing:
    """Takes what is in the folders when it is told to: SIGHUP, and SIGUSR1 to go back, where there are signals.

    A request is answered by the model that was there when it came.

    Args:
        service: what answers.
        sources: the folders, by the models' names.
        shadow: the second model, which is looked for, too.
        changed: called with the models that answer from now on.
        watch: seconds between looks for new models; None: only when told to.
    """

    def __init__(
        self,
        service: Service,
        sources: Mapping[str, ModelSource[Served]],
        *,
        shadow: Shadow | None = None,
        changed: Callable[[list[Served]], None] = lambda _: None,
        watch: float | None = None,
    ) -> None:
        self._service, self._sources, self._changed, self._watch = service, sources, changed, watch
        self._shadow = shadow
        self._before: dict[str, tuple[Served, str, str]] = {}
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Listen to signals, and watch; called where the loop runs."""
        loop = asyncio.get_running_loop()
        for name, work in zip(SIGNALS, (lambda: self.look(again=True), self.go_back), strict=False):
            loop.add_signal_handler(name, self._begin, work)
        if self._watch is not None:
            self._begin(self._keep_looking)

    def stop(self) -> None:
        """Take nothing new any more."""
        for task in self._tasks:
            task.cancel()
        if self._shadow is not None:
            self._shadow.end()

    async def look(self, *, again: bool = False) -> None:
        """Take the models that are there now; those that cannot be opened are left alone.

        Args:
            again: whether to take, too, what was refused or left behind.
        """
        async with self._turn:
            held = {name: (each.opened, each.name, each.checksum) for name, each in self._sources.items()}
            for source in self._sources.values():
                await self._refresh(source, again=again)
            if self._shadow is not None and await self._refresh(self._shadow.source, again=again):
                self._shadow.restart()
                self._changed([self._shadow.source.opened])
            self._take({name: held[name] for name, each in self._sources.items() if each.opened is not held[name][0]})

    async def put(self, served: Served) -> None:
        """Answer with a model that lies elsewhere, until what is in the folder changes, or is asked for."""
        async with self._turn:
            source = self._sources[served.name]
            held = source.opened, source.name, source.checksum
            source.put_back(served, served.path.name, served.checksum)
            self._take({served.name: held})

    async def go_back(self) -> None:
        """Answer with the models that were replaced last; the second time return to those that replaced them."""
        async with self._turn:
            if not self._before:
                logger.warning("there is no model to go back to")
            held = {name: (each.opened, each.name, each.checksum) for name, each in self._sources.items()}
            for name, before in self._before.items():
                self._sources[name].put_back(*before)
            self._take({name: held[name] for name in self._before})

    async def _refresh(self, source: ModelSource[Served], *, again: bool) -> bool:
        try:
            return await asyncio.to_thread(source.refresh, again=again)
        except Exception as error:  # noqa: BLE001  # whatever is in the folder, the old model is still there
            logger.warning("the old model answers on: %s", error)
            return False

    def _take(self, held: Mapping[str, tuple[Served, str, str]]) -> None:
        """Answer with other models than those that were held."""
        if not held:
            return
        self._before = dict(held)
        taken = [self._sources[name].opened for name in held]
        self._service.replace(taken)
        if self._shadow is not None:
            self._shadow.restart()
        self._changed(taken)

    async def _keep_looking(self) -> None:
        while self._watch is not None:
            await asyncio.sleep(self._watch)
            await self.look()

    def _begin(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        task = asyncio.get_running_loop().create_task(work())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
