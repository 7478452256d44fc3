"""The waiting room: what is answered together, who is left out, who is not let in."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("uvicorn")
from reread import load
from reread.apps.serve.cost import Cost
from reread.apps.serve.served import Served
from reread.apps.serve.waiting import BATCH_TOKENS, HungUpError, Question, WaitingRoom
from reread.errors import DataError
from reread.web.problems import Problem
from support.folders import OLD

ONE, OTHER = (Question(Served(name, Path(name), load(OLD, threads=1), "network")) for name in ("one", "other"))


class Scorer:
    """Answers with the texts themselves, when it is allowed to."""

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)
        self.batches: list[list[str]] = []

    def __call__(self, question: Question, texts: list[str]) -> list[dict[str, Any]]:
        self.go.acquire(timeout=60)
        self.batches.append(texts)
        if "bad" in texts:
            raise DataError("a bad text")
        return [{"prediction": f"{question.model} {text}"} for text in texts]


async def here() -> bool:
    return False


async def gone() -> bool:
    return True


def in_a_room(scorer: Any, test: Callable[[WaitingRoom], Awaitable[None]], *, most_wait: float = 1e9) -> None:
    """Run a test with a room that works."""

    async def run() -> None:
        room = WaitingRoom(scorer, most_wait=most_wait)
        work = asyncio.create_task(room.run())
        try:
            await asyncio.wait_for(test(room), 60)
        finally:
            work.cancel()
            if isinstance(scorer, Scorer):
                scorer.go.release(1000)
            with suppress(asyncio.CancelledError):
                await work

    asyncio.run(run())


async def ask(room: WaitingRoom, *texts: str, question: Question = ONE, hung_up: Any = here) -> list[str]:
    return [each["prediction"] for each in await room.answer(question, texts, hung_up)]


async def busy(room: WaitingRoom) -> asyncio.Task[list[str]]:
    """A job that the scorer is at."""
    task = asyncio.create_task(ask(room, "first"))
    for _ in range(10):
        await asyncio.sleep(0)
    return task


def test_what_waits_is_answered_together_and_each_gets_its_own() -> None:
    scorer = Scorer()

    async def test(room: WaitingRoom) -> None:
        first = await busy(room)
        asked = [
            asyncio.create_task(each)
            for each in (
                ask(room, "a", "b"),
                ask(room, "c", question=OTHER),
                ask(room, "d"),
                ask(room, "e", hung_up=gone),
            )
        ]
        await asyncio.sleep(0)
        scorer.go.release(3)
        found = await asyncio.gather(first, *asked, return_exceptions=True)
        assert found[:4] == [["one first"], ["one a", "one b"], ["other c"], ["one d"]]
        assert isinstance(found[4], HungUpError)

    in_a_room(scorer, test)
    assert scorer.batches == [["first"], ["a", "b", "d"], ["c"]]


def test_a_batch_has_a_number_of_tokens() -> None:
    scorer, text = Scorer(), "w " * (BATCH_TOKENS // 3)

    async def test(room: WaitingRoom) -> None:
        first = await busy(room)
        asked = [asyncio.create_task(ask(room, text)) for _ in range(3)] + [asyncio.create_task(ask(room, text * 9))]
        await asyncio.sleep(0)
        scorer.go.release(4)
        await asyncio.gather(first, *asked)

    in_a_room(scorer, test)
    assert [len(batch) for batch in scorer.batches] == [1, 2, 1, 1]


def test_only_what_is_known_to_be_short_is_answered_on_the_loop() -> None:
    threads = []

    def answer(_: Question, texts: list[str]) -> list[dict[str, Any]]:
        threads.append(threading.current_thread().name)
        return [{"prediction": text} for text in texts]

    async def test(room: WaitingRoom) -> None:
        cost = room.costs[ONE.kind]
        cost.learn(10, 2e-6)
        cost.learn(20, 1e-6)  # measured beside other work: by these, tokens cost nothing
        await ask(room, "short")
        await ask(room, "w " * 100)

    in_a_room(answer, test)
    assert [each.startswith("scorer") for each in threads] == [False, True]


def test_one_that_cannot_be_answered_does_not_fail_the_others() -> None:
    scorer = Scorer()

    async def test(room: WaitingRoom) -> None:
        first = await busy(room)
        asked = [asyncio.create_task(ask(room, text)) for text in ("a", "bad", "b")]
        await asyncio.sleep(0)
        scorer.go.release(5)
        found = await asyncio.gather(first, *asked, return_exceptions=True)
        assert [*found[:2], found[3]] == [["one first"], ["one a"], ["one b"]]
        assert isinstance(found[2], DataError)

    in_a_room(scorer, test)


def test_who_would_wait_too_long_is_told_when_to_come_again() -> None:
    scorer = Scorer()

    async def test(room: WaitingRoom) -> None:
        for tokens in (100, 300, 500):
            room.costs[ONE.kind].learn(tokens, 0.01 * tokens)
        first = await busy(room)
        waits = asyncio.create_task(ask(room, "w " * 800))
        await asyncio.sleep(0)
        assert room.wait() == pytest.approx(8, rel=0.01)
        with pytest.raises(Problem, match="the server is full: a request would wait 8,0") as full:
            await ask(room, "one more")
        assert (full.value.status, full.value.headers) == (429, {"retry-after": "4"})
        scorer.go.release(2)
        await asyncio.gather(first, waits)

    in_a_room(scorer, test, most_wait=5)


@pytest.mark.parametrize(("a", "b"), [(0.001, 0.02), (0.001, 0.0), (0.0, 0.02)])
def test_the_cost_of_a_batch_is_learned(a: float, b: float) -> None:
    cost = Cost()
    for k in range(50):
        cost.learn(10 + 37 * k % 400, a * (10 + 37 * k % 400) + b)
    assert cost.seconds(1000) == pytest.approx(1000 * a + b)
    for k in range(2000):  # the machine is slower now
        cost.learn(10 + 37 * k % 400, 3 * (a * (10 + 37 * k % 400) + b))
    assert cost.seconds(1000) == pytest.approx(3 * (1000 * a + b))


def test_a_cost_is_never_negative() -> None:
    cost = Cost()
    assert cost.seconds(1000) == 0
    cost.learn(10, 1.0)
    assert cost.seconds(20) == pytest.approx(2)
    for tokens, seconds in ((1000, 0.1), (10, 1.0), (500, 0.2)):
        cost.learn(tokens, seconds)
        assert cost.per_token >= 0
        assert cost.per_batch >= 0
