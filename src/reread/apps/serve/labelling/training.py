"""What the page of a labelling trains: by what the tab Train trains by, so that the model can be used there."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from reread.apps.serve.training.trainings import Trainings
from reread.web.labelling.training import TrainingState
from reread.web.problems import Problem


class OnLabels:
    """Trains on the labels of one labelling.

    Args:
        trainings: those of the server, one at a time.
        labels: the file of labels.
    """

    def __init__(self, trainings: Trainings, labels: Path) -> None:
        self._trainings, self._labels = trainings, labels

    async def state(self, _: Request) -> Response:
        """How far it is."""
        return await asyncio.to_thread(self._said)

    async def start(self, _: Request) -> Response:
        """Train on the labels that there are now."""
        await self._trainings.learn(self._labels, self._labels.parent.name)
        return await asyncio.to_thread(self._said)

    async def cancel(self, request: Request) -> Response:
        """Stop it; what was learned is kept until another training begins."""
        if self._is_last:
            await self._trainings.cancel(request)
        return await asyncio.to_thread(self._said)

    async def report(self, request: Request) -> Response:
        """The report of the model."""
        if not self._is_last:
            raise Problem(404, "there is no such report")
        return await self._trainings.report(request)

    @property
    def _is_last(self) -> bool:
        """Whether the server trained on these labels last."""
        return self._trainings.labels == self._labels

    def _said(self) -> Response:
        last = self._trainings.last()
        if not (last.able and self._is_last):
            return TrainingState(able=last.able).response()
        return TrainingState(
            able=True,
            state=last.state,
            why=last.why,
            name=last.name,
            progress=last.progress,
            figures=last.figures,
            seconds=last.seconds,
            report=last.report,
        ).response()
