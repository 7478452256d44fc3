"""What the labelling page trains: one model at a time, beside the file of labels."""

from __future__ import annotations

import asyncio
import shlex
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from reread.bundle import REPORT
from reread.web.labelling.training import TrainingState
from reread.web.problems import Problem
from reread.web.reports import report_page
from reread.web.training.extra import MISSING, able
from reread.web.training.run import Training

SUFFIX = ".reread"
BUSY = 409


class BesideLabels:
    """Trains on the labels that there are, by what `reread train` does without options.

    Args:
        labels: their file.
        options: of `reread train`, for each training.
    """

    def __init__(self, labels: Path, options: Sequence[str] = ()) -> None:
        self._labels, self._options = labels, options
        self._able = able()
        self._training: Training | None = None
        self._task: asyncio.Task[None] | None = None

    async def state(self, _: Request) -> Response:
        """How far it is."""
        return await asyncio.to_thread(self._said)

    async def start(self, _: Request) -> Response:
        """Train on the labels that there are now."""
        if not self._able:
            raise Problem(501, MISSING)
        if self._task is not None and not self._task.done():
            raise Problem(BUSY, "a training is under way; wait for its end, or cancel it")
        self._training = training = Training(_free(self._labels))
        self._task = asyncio.create_task(self._train(training))
        return self._said()

    async def cancel(self, _: Request) -> Response:
        """Stop the training, and keep nothing of it."""
        await self.end()
        return await asyncio.to_thread(self._said)

    async def report(self, _: Request) -> Response:
        """The report of the model that was trained last."""
        page = None if self._training is None else self._training.out / REPORT
        if page is None or not page.is_file():
            raise Problem(404, "there is no such report")
        return report_page(await asyncio.to_thread(page.read_text, encoding="utf-8"))

    async def end(self) -> None:
        """Let no training outlive the server."""
        if self._task is None or self._task.done() or self._training is None:
            return
        await self._training.cancel()
        await asyncio.wait([self._task])
        await asyncio.to_thread(self._training.forget)

    async def _train(self, training: Training) -> None:
        """Train on a copy, for labels may be taken back meanwhile."""
        with tempfile.TemporaryDirectory(prefix="reread-label-") as folder:
            data = Path(folder) / self._labels.name
            try:
                await asyncio.to_thread(shutil.copyfile, self._labels, data)
                await training.run(data, self._options)
            except (OSError, ValueError) as error:
                training.state, training.why = "failed", str(error)

    def _said(self) -> Response:
        training = self._training
        if training is None:
            return TrainingState(able=self._able).response()
        out = training.out
        return TrainingState(
            able=self._able,
            state=training.state,
            why=training.why,
            name=out.name,
            progress=training.progress(),
            figures=training.figures,
            seconds=training.seconds,
            report=(out / REPORT).is_file(),
            serve=shlex.join(["reread", "serve", str(out)]),
        ).response()


def _free(labels: Path) -> Path:
    """The first name of a model folder that is free, with a number after it if there has to be one."""
    number = 1
    while (tried := labels.with_name(f"{labels.stem}{'' if number == 1 else f'-{number}'}{SUFFIX}")).exists():
        number += 1
    return tried
