"""The paths of the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reread.apps.serve import limits
from reread.apps.serve.classifiers import classify
from reread.apps.serve.counted import Counted, Handler
from reread.apps.serve.desk import Desk
from reread.apps.serve.document import document
from reread.apps.serve.files import Files
from reread.apps.serve.labelling.labellings import Labellings
from reread.apps.serve.ndjson import NDJSON, answer_lines
from reread.apps.serve.neighbours import PATH as NEIGHBOURS
from reread.apps.serve.neighbours import Finder
from reread.apps.serve.requests import read_body, read_predict
from reread.apps.serve.served import Served, check_options, chosen
from reread.apps.serve.shadow import Shadow
from reread.apps.serve.training.trainings import Trainings
from reread.apps.serve.waiting import Question, WaitingRoom
from reread.bundle import REPORT
from reread.explain.explain import explain_each
from reread.model.base import Model
from reread.web.pages import page_routes
from reread.web.problems import Problem, on_problem
from reread.web.reports import report_page
from reread.web.streams import kind_of

EXPLAIN, TRAINING = "/v1/explain", "/v1/training"
WARM_TEXT = "a text of some words, as many others are"


class Service:
    """Answers requests with models.

    Args:
        models: the models by name.
        most_wait: predicted seconds of waiting beyond which requests are refused.
        most_seconds: how long an answer may take beyond that.
        rate: tokens of text a second that each asker may hand in; None: any number.
    """

    def __init__(
        self,
        models: Mapping[str, Served],
        *,
        most_wait: float,
        most_seconds: float = limits.ANSWER,
        rate: float | None = None,
    ) -> None:
        self.models = dict(models)
        self.shadow: Shadow | None = None
        self.trainings: Trainings | None = None
        self.labellings: Labellings | None = None
        self.neighbours: Finder | None = None
        self.room = WaitingRoom(self._answers, most_wait=most_wait)
        self.desk = Desk(self.room, lambda: self.models, rate=rate, most_seconds=most_seconds)
        self.ready = False

    def app(self) -> Starlette:
        """What a server runs."""
        files = Files(self.desk)
        return Starlette(
            routes=[
                Route("/v1/predict", self._counted(self.predict), methods=["POST"]),  # first, as each is tried in turn
                *page_routes("first.html"),
                Route(EXPLAIN, self._counted(self.predict), methods=["POST"]),
                Route("/v1/files", self._counted(files.answer), methods=["POST"]),
                Route("/v1/files/columns", self._counted(files.columns), methods=["POST"]),
                Route("/predict", self._counted(partial(classify, self.desk)), methods=["POST"]),
                *(() if self.neighbours is None else self._neighbour_routes(self.neighbours)),
                Route("/openapi.json", self.openapi),
                Route("/metrics", self.metrics),
                Route("/v1/models", self.list_models),
                Route("/v1/models/{name}/report", self.report),
                Route("/v1/shadow", self.compare),
                Route("/healthz", self.healthz),
                Route("/readyz", self.readyz),
                *(() if self.trainings is None else self._training_routes(self.trainings)),
                *(() if self.labellings is None else self.labellings.routes(self._counted)),
            ],
            exception_handlers={Problem: on_problem, HTTPException: on_problem, Exception: on_problem},
            lifespan=self._life,
        )

    def warm(self) -> None:
        """Answer some texts with each model, so that the first request is as quick as the others."""
        for served in self.models.values():
            self.room.warm(Question(served), WARM_TEXT)

    def replace(self, models: Iterable[Served]) -> None:
        """Answer the requests that come from now on with other models of the same names."""
        for served in models:
            self.models[served.name] = served
            self.room.metrics.replaced.inc()

    def leave(self) -> None:
        """Take no new requests."""
        self.desk.leaving = True

    async def predict(self, request: Request) -> Response:
        """Answer texts."""
        explain = request.url.path == EXPLAIN
        if kind_of(request) == NDJSON:
            return await answer_lines(self.desk, request, explain=explain)
        await self.desk.admit(request)
        asked = read_predict(await read_body(request))
        texts, served, options = asked.given(), chosen(self.models, asked.model), asked.options()
        check_options(served, options)
        question = Question(served, options, explain or asked.explain, asked.members and bool(served.members))
        return _json({"model": served.name, "answers": await self.desk.answers(served, question, texts, request)})

    async def openapi(self, _: Request) -> Response:
        """What can be asked."""
        return _json(document(self.models))

    async def metrics(self, _: Request) -> Response:
        """The figures for Prometheus."""
        return Response(self.room.metrics.page(), media_type="text/plain; version=0.0.4")

    async def list_models(self, _: Request) -> Response:
        """Which models there are."""
        facts = await asyncio.to_thread(lambda: [each.facts() for each in self.models.values()])
        near = [] if self.neighbours is None else await asyncio.to_thread(self.neighbours.names, self.models)
        return _json({"models": facts, "trains": self.trainings is not None, "neighbours": near})

    async def report(self, request: Request) -> Response:
        """A model's report, as a page that can reach nothing."""
        served = self.models.get(request.path_params["name"])
        page = await asyncio.to_thread(served.prose, REPORT) if served else None
        if page is None:
            raise Problem(404, "there is no such report")
        return report_page(page)

    async def compare(self, _: Request) -> Response:
        """How often the shadow disagrees."""
        if self.shadow is None:
            raise Problem(404, "no second model answers; start the server with --shadow")
        return _json(await asyncio.to_thread(self.shadow.report))

    async def healthz(self, _: Request) -> Response:
        """Whether the server lives."""
        return _json({"status": "ok"})

    async def readyz(self, _: Request) -> Response:
        """Whether it takes requests."""
        if self.desk.leaving or not self.ready:
            raise Problem(
                503, "the server is going down" if self.desk.leaving else "the server is not ready", retry_after=1
            )
        return _json({"status": "ready"})

    def _neighbour_routes(self, neighbours: Finder) -> list[Route]:
        return [Route(NEIGHBOURS, self._counted(neighbours.answer), methods=["POST"])]

    def _training_routes(self, trainings: Trainings) -> list[Route]:
        """What the page trains by."""
        return [
            Route(TRAINING, self._counted(trainings.state), methods=["GET"]),
            Route(TRAINING, self._counted(trainings.start), methods=["POST"]),
            Route(f"{TRAINING}/data", self._counted(trainings.send), methods=["POST"]),
            Route(f"{TRAINING}/data/{{name}}", self._counted(trainings.look), methods=["GET"]),
            Route(f"{TRAINING}/again", self._counted(trainings.again), methods=["POST"]),
            Route(f"{TRAINING}/resume", self._counted(trainings.resume), methods=["POST"]),
            Route(f"{TRAINING}/cancel", self._counted(trainings.cancel), methods=["POST"]),
            Route(f"{TRAINING}/use", self._counted(trainings.use), methods=["POST"]),
            Route(f"{TRAINING}/back", self._counted(trainings.go_back), methods=["POST"]),
            Route(f"{TRAINING}/report", self._counted(trainings.report), methods=["GET"]),
        ]

    def _counted(self, handle: Handler) -> Counted:
        return Counted(handle, self.room.metrics)

    def _answers(self, question: Question, texts: list[str]) -> list[dict[str, Any]]:
        model = question.served.model
        answers = model.postprocessor.answers(model.scores(texts), question.options)
        if self.shadow is not None:
            self.shadow.offer(question, texts, answers)
        if question.explain:
            for answer, text in zip(answers, texts, strict=True):
                answer["explanations"] = [each.to_dict() for each in explain_each(model, text)]
        if question.members:
            alone = {name: _alone(member, texts) for name, member in question.served.members.items()}
            for place, answer in enumerate(answers):
                answer["members"] = {name: each[place] for name, each in alone.items()}
        return answers

    @asynccontextmanager
    async def _life(self, _: Starlette) -> AsyncIterator[None]:
        work = asyncio.create_task(self.room.run())
        self.ready = True
        yield
        if self.trainings is not None:
            await self.trainings.end()
        if self.labellings is not None:
            await self.labellings.end()
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


def _alone(member: Model, texts: list[str]) -> list[dict[str, Any]]:
    return member.postprocessor.answers(member.scores(texts))


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
