"""Requests that wait for the scorer: it takes what waits as soon as it is free, without a timer."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from reread.apps.serve.cost import Cost, about_tokens
from reread.apps.serve.metrics import Metrics
from reread.apps.serve.served import Served
from reread.scoring.predict_options import NOTHING, PredictOptions
from reread.web.problems import Problem

BATCH_TOKENS = 8192
AT_ONCE = 0.005  # predicted seconds up to which a batch is answered on the loop: a thread costs one client a tenth
Answers: TypeAlias = list[dict[str, Any]]
Kind: TypeAlias = tuple[str, bool, bool]


class Question(NamedTuple):
    """What is asked of texts; those of equal questions can be answered together."""

    served: Served
    options: PredictOptions = NOTHING
    explain: bool = False
    members: bool = False

    @property
    def kind(self) -> Kind:
        """Questions of one kind cost the same."""
        return self.model, self.explain, self.members

    @property
    def model(self) -> str:
        """The model's name; another model can have it later."""
        return self.served.name


class HungUpError(Exception):
    """The client is gone, so nothing was answered."""


@dataclass(eq=False)
class Job:
    """Texts of one request.

    Attributes:
        tokens: about how many they have.
        hung_up: tells whether the client is gone.
        waited: whether it came while others were answered: its client may have gone meanwhile.
    """

    question: Question
    texts: Sequence[str]
    tokens: int
    hung_up: Callable[[], Awaitable[bool]]
    waited: bool
    answers: asyncio.Future[Answers] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class WaitingRoom:
    """Jobs in the order of their arrival, and the one thread that answers them.

    Args:
        answer: answers texts; called in the thread.
        most_wait: predicted seconds of waiting beyond which nobody is let in.
    """

    def __init__(self, answer: Callable[[Question, list[str]], Answers], *, most_wait: float) -> None:
        self.costs: defaultdict[Kind, Cost] = defaultdict(Cost)
        self.metrics = Metrics(self.wait)
        self.most_wait = most_wait
        self._answer = answer
        self._jobs: deque[Job] = deque()
        self._tokens: Counter[Kind] = Counter()  # of the jobs, by kind
        self._free_at = 0.0  # when the running batch should be done
        self._came = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "scorer")

    def wait(self) -> float:
        """Predicted seconds until the scorer takes a job that comes now."""
        running = max(0.0, self._free_at - time.monotonic())
        waiting = [
            self.costs[kind].seconds(tokens, -(-tokens // BATCH_TOKENS)) for kind, tokens in self._tokens.items()
        ]
        return running + sum(waiting)

    def refuse_if_full(self) -> None:
        """Let nobody in who would wait too long.

        Raises:
            Problem: 429, with the time after which there will be room.
        """
        wait = self.wait()
        if wait > self.most_wait:
            raise Problem(
                429,
                f"the server is full: a request would wait {wait * 1000:,.0f} ms, "
                f"more than {self.most_wait * 1000:,.0f} ms",
                retry_after=wait - self.most_wait,
            )

    async def answer(self, question: Question, texts: Sequence[str], hung_up: Callable[[], Awaitable[bool]]) -> Answers:
        """Wait for the answers, one a text.

        Raises:
            Problem: the room is full.
            HungUpError: the client is gone.
            ConfigError, DataError: the model cannot answer so.
        """
        self.refuse_if_full()
        waits = self._free_at > 0 or bool(self._jobs)
        job = Job(question, texts, sum(map(about_tokens, texts)), hung_up, waits)
        self._jobs.append(job)
        self._tokens[question.kind] += job.tokens
        self._came.set()
        return await job.answers

    async def run(self) -> None:
        """Answer jobs until cancelled."""
        while True:
            await self._came.wait()
            batch = await self._take()
            if batch:
                await self._answer_batch(batch)
                await asyncio.sleep(0)  # what was answered at once is sent before more is taken

    def warm(self, question: Question, text: str) -> None:
        """Learn what batches cost before the first request."""
        for count in (1,) if question.explain else (1, 1, 16, 64):
            self._timed(question, [text] * count)

    async def _answer_batch(self, batch: Sequence[Job]) -> None:
        tokens = sum(job.tokens for job in batch)
        cost = self.costs[batch[0].question.kind]
        seconds = cost.seconds(tokens)
        self._free_at = time.monotonic() + seconds
        texts = [text for job in batch for text in job.texts]
        try:
            if tokens <= cost.most_tokens and seconds <= AT_ONCE:  # a line through small batches tells little of others
                answers = iter(self._timed(batch[0].question, texts))
            else:
                work = asyncio.get_running_loop().run_in_executor(self._thread, self._timed, batch[0].question, texts)
                answers = iter(await work)
        except Exception as error:  # noqa: BLE001  # whoever asked is told; the next batch is answered
            await self._one_by_one(batch, error)
        else:
            for job in batch:
                _end(job, [next(answers) for _ in job.texts])
        finally:
            self._free_at = 0.0

    async def _one_by_one(self, batch: Sequence[Job], error: Exception) -> None:
        """One job's failure is not that of others."""
        if len(batch) == 1:
            _end(batch[0], error)
            return
        for job in batch:
            await self._answer_batch([job])

    def _timed(self, question: Question, texts: list[str]) -> Answers:
        started = time.perf_counter()
        answers = self._answer(question, texts)
        seconds, tokens = time.perf_counter() - started, sum(map(about_tokens, texts))
        self.costs[question.kind].learn(tokens, seconds)
        self.metrics.batch(tokens, seconds)
        return answers

    async def _take(self) -> list[Job]:
        """The oldest job, and those that can be answered with it, up to a number of tokens."""
        batch: list[Job] = []
        tokens = 0
        for job in list(self._jobs):
            if batch and tokens + job.tokens > BATCH_TOKENS:
                break
            if batch and job.question != batch[0].question:
                continue
            self._jobs.remove(job)
            self._tokens[job.question.kind] -= job.tokens
            if job.answers.done():  # it took too long
                continue
            if job.waited and await job.hung_up():
                self.metrics.hung_up.inc()
                _end(job, HungUpError())
                continue
            batch.append(job)
            tokens += job.tokens
        if not self._jobs:
            self._came.clear()
        return batch


def _end(job: Job, outcome: Answers | Exception) -> None:
    if job.answers.done():  # its request was cancelled
        return
    if isinstance(outcome, Exception):
        job.answers.set_exception(outcome)
    else:
        job.answers.set_result(outcome)
