"""Where requests hand in texts: who may, how many, and for how long they wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request

from reread.apps.serve import limits
from reread.apps.serve.cost import about_tokens
from reread.apps.serve.requests import read_body
from reread.apps.serve.served import Served
from reread.apps.serve.waiting import Answers, Question, WaitingRoom
from reread.data.values import no_text
from reread.errors import ConfigError, DataError, MissingExtraError
from reread.web.problems import Problem
from reread.web.rates import Rates, asker_of
from reread.web.streams import LOOKS

FULL = 429
SHORTEST = 0.01  # seconds that a stream waits before it asks again


class Desk:
    """Takes the texts of requests to the scorer, within the bounds.

    Args:
        room: where they wait.
        models: gives the models that answer now.
        rate: tokens of text a second that each asker may hand in; None: any number.
        most_seconds: how long an answer may take, with the wait that the room allows.

    Attributes:
        leaving: whether the server takes nothing new.
    """

    def __init__(
        self,
        room: WaitingRoom,
        models: Callable[[], Mapping[str, Served]],
        *,
        rate: float | None = None,
        most_seconds: float = limits.ANSWER,
    ) -> None:
        self.room = room
        self.rates = Rates(rate)
        self.most_seconds = most_seconds
        self.leaving = False
        self._models = models

    @property
    def models(self) -> Mapping[str, Served]:
        """The models that answer now."""
        return self._models()

    async def admit(self, request: Request) -> None:
        """Let a request in.

        Raises:
            Problem: the server is going down or full, or this asker has handed in too much.
        """
        if self.leaving:
            await read_body(request, None)  # a connection that ends with unread bytes loses the answer, too
            raise Problem(503, "the server is going down", retry_after=1, close=True)
        self._check_room(asker_of(request.scope))

    def _check_room(self, asker: int) -> None:
        """Refuse whom there is no room for.

        Raises:
            Problem: the server is full, or this asker has handed in too much.
        """
        self.room.refuse_if_full()
        wait = self.rates.wait(asker)
        if wait > 0:
            raise Problem(
                FULL,
                f"more than {self.rates.rate:,.0f} tokens of text a second were asked for; wait {wait:.1f} s",
                retry_after=wait,
            )

    async def answers(
        self, served: Served, question: Question, texts: Sequence[str], request: Request, *, field: str = "/texts"
    ) -> Answers:
        """The answers to the texts of a request, in order, each with its ``error``.

        Args:
            served: the model.
            question: what is asked.
            texts: the texts.
            request: the request, whose body is read.
            field: where the texts stand in it.

        Raises:
            Problem: there are too many tokens, the model cannot answer so, or the server is full or too slow.
            HungUpError: the client is gone.
        """
        problems = [no_text(text) for text in texts]
        good = [text for text, problem in zip(texts, problems, strict=True) if not problem]
        tokens = check_tokens(served, question, good, field)
        asker = asker_of(request.scope)
        self._check_room(asker)  # again: while the body came, others have come, too
        self.rates.use(asker, tokens)
        answers = await self._wait(question, good, request.is_disconnected)
        return in_order(answers, problems)

    async def answers_in_turn(self, question: Question, texts: Sequence[str], tokens: int, asker: int) -> Answers:
        """The answers to texts of a stream: what is let in waits until there is room for each part of it.

        Raises:
            Problem: the model cannot answer so, or the server is too slow.
        """
        await _until(lambda: 0.0 if self.leaving else self.rates.wait(asker))
        self.rates.use(asker, tokens)
        await _until(lambda: self.room.wait() - self.room.most_wait)
        return await self._wait(question, texts, _never)

    async def _wait(
        self, question: Question, texts: Sequence[str], hung_up: Callable[[], Awaitable[bool]]
    ) -> list[dict[str, Any]]:
        if not texts:
            return []
        most = self.most_seconds + self.room.most_wait
        try:
            async with asyncio.timeout(most):
                return await self.room.answer(question, texts, hung_up)
        except TimeoutError as error:
            raise Problem(504, f"the answer took more than {most:,.1f} s; send fewer texts at once") from error
        except MissingExtraError as error:
            raise Problem(501, str(error)) from error
        except (ConfigError, DataError) as error:  # such as too few residuals for a coverage
            raise Problem(422, str(error)) from error


def check_tokens(served: Served, question: Question, texts: Sequence[str], field: str = "/text") -> int:
    """About the tokens that are read to answer these texts.

    Raises:
        Problem: 413, there are too many.
    """
    each = [about_tokens(text) for text in texts]
    _check(sum(each), limits.TOKENS, field)
    if not question.explain:
        return sum(each)
    _check(sum(len(served.model.spans(text)) for text in texts), limits.EXPLAINED, field)
    return sum(tokens * tokens for tokens in each)  # a text is read about as often as it has tokens


def in_order(answers: Sequence[dict[str, Any]], problems: Sequence[str]) -> Answers:
    """The answers, and where there is a problem that instead."""
    found = iter(answers)
    return [no_answer(problem) if problem else {**next(found), "error": None} for problem in problems]


def no_answer(problem: str) -> dict[str, Any]:
    """What stands in the place of an answer."""
    return {"prediction": None, "probabilities": None, "error": problem}


def _check(tokens: int, most: int, field: str) -> None:
    if tokens > most:
        raise Problem(413, f"there are {tokens:,} tokens or so; expected at most {most:,} in a request", field=field)


async def _until(wait: Callable[[], float]) -> None:
    """Wait until there are no seconds to wait any more; that may be sooner than they say, or later."""
    while (seconds := wait()) > 0:  # noqa: ASYNC110  # time alone ends it, too
        await asyncio.sleep(min(max(seconds, SHORTEST), LOOKS))


async def _never() -> bool:
    return False
