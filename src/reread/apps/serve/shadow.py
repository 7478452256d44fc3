"""A second model that answers the same texts, which nobody waits for: how often the two disagree, and is it chance."""

from __future__ import annotations

import os
import time
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from reread.apps.serve.served import Served
from reread.apps.serve.waiting import Question
from reread.errors import ConfigError
from reread.files import write_whole
from reread.monitoring.agreement import agreement, check_comparable, differing, pair_of
from reread.monitoring.source import ModelSource, logger

WAITING = 4096  # texts; further ones are left out
EXAMPLES = 20
WRITE_SECONDS = 0.5


class Tally(msgspec.Struct):
    """What one process has compared.

    Attributes:
        of: the checksums of the model and of its shadow.
        pairs: the two answers' classes, and how often they came.
        left_out: texts that were not compared.
        examples: the newest disagreements.
    """

    of: tuple[str, str]
    pairs: Counter[tuple[frozenset[str], frozenset[str]]] = msgspec.field(default_factory=Counter)
    left_out: int = 0
    examples: deque[dict[str, Any]] = msgspec.field(default_factory=lambda: deque(maxlen=EXAMPLES))


class Written(msgspec.Struct):
    """A tally as a file has it."""

    of: tuple[str, str]
    pairs: list[tuple[list[str], list[str], int]]
    left_out: int
    examples: list[dict[str, Any]]

    def tally(self) -> Tally:
        """What was compared."""
        pairs = Counter({(frozenset(one), frozenset(other)): count for one, other, count in self.pairs})
        return Tally(self.of, pairs, self.left_out, deque(self.examples, EXAMPLES))


class Shadow:
    """Compares a second model's answers with those that clients get, in a thread of its own.

    Args:
        source: the second model.
        first: the model that answers.
        texts: whether examples have their texts.
        shared: a folder in which the processes of one server put what they compared; None: there is one process.

    Raises:
        ConfigError: one of them answers numbers alone.
    """

    def __init__(
        self,
        source: ModelSource[Served],
        first: ModelSource[Served],
        *,
        texts: bool = False,
        shared: Path | None = None,
    ) -> None:
        self.source, self._first, self._texts, self._shared = source, first, texts, shared
        self._thread = ThreadPoolExecutor(1, "shadow")
        self._lock = Lock()
        self._waiting = 0
        self._written = 0.0
        self.ended = False
        self._begin()

    def offer(self, question: Question, texts: Sequence[str], answers: Sequence[dict[str, Any]]) -> None:
        """Compare these answers soon, or leave them out: they are another model's, abstain, or too many wait."""
        now = self._first.opened, self.source.opened
        with self._lock:
            if self.ended or question.served is not now[0]:
                return
            if question.options.abstain_below is not None or self._waiting + len(texts) > WAITING:
                self._tally.left_out += len(texts)
                return
            self._waiting += len(texts)
        self._thread.submit(self._compare, now[1], texts, answers, self._tally).add_done_callback(_say)

    def restart(self) -> None:
        """Compare anew, as there is a new model."""
        try:
            self._begin()
        except ConfigError as error:
            logger.warning("they are no longer compared: %s", error)
            self.end()

    def end(self) -> None:
        """Compare no more."""
        self.ended = True
        self._thread.shutdown(wait=False, cancel_futures=True)

    def report(self) -> dict[str, Any]:
        """What was compared, by all processes."""
        with self._lock:
            tallies = [Tally(self._tally.of, +self._tally.pairs, self._tally.left_out, self._tally.examples.copy())]
        tallies += self._others(tallies[0].of)
        pairs = sum((each.pairs for each in tallies), Counter[Any]())
        examples = sorted((each for tally in tallies for each in tally.examples), key=lambda each: str(each["at"]))
        return {
            "model": _named(self._first.opened),
            "shadow": _named(self.source.opened),
            "compared": pairs.total(),
            "disagree": sum(differing(pairs).values()),
            "left_out": sum(each.left_out for each in tallies),
            "sentence": agreement(pairs),
            "examples": examples[::-1][:EXAMPLES],
        }

    def _begin(self) -> None:
        for each in (self._first, self.source):
            check_comparable(each.path, each.opened.model.task)
        with self._lock:
            self._tally = Tally((self._first.opened.checksum, self.source.opened.checksum))

    def _compare(self, other: Served, texts: Sequence[str], answers: Sequence[dict[str, Any]], tally: Tally) -> None:
        try:
            found = other.model.postprocessor.answers(other.model.scores(texts))
        finally:
            with self._lock:
                self._waiting -= len(texts)
        with self._lock:
            for text, answer, shadow in zip(texts, answers, found, strict=True):
                pair = pair_of(answer, shadow)
                tally.pairs[pair] += 1
                if pair[0] != pair[1]:
                    tally.examples.append(self._example(text, answer, shadow))
        self._write(tally)

    def _example(self, text: str, answer: dict[str, Any], shadow: dict[str, Any]) -> dict[str, Any]:
        shown = ("prediction", "probabilities")
        return {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "characters": len(text),
            **({"text": text} if self._texts else {}),
            "answer": {name: answer[name] for name in shown},
            "shadow": {name: shadow[name] for name in shown},
        }

    def _write(self, tally: Tally) -> None:
        """Show the other processes what this one has compared, at most every half second while more waits."""
        if self._shared is None or (self._waiting and time.monotonic() - self._written < WRITE_SECONDS):
            return
        self._written = time.monotonic()
        with self._lock:
            pairs = [(sorted(one), sorted(other), count) for (one, other), count in tally.pairs.items()]
            written = msgspec.json.encode(Written(tally.of, pairs, tally.left_out, [*tally.examples]))
        write_whole(self._shared / f"shadow-{os.getpid()}.json", written.decode())

    def _others(self, of: tuple[str, str]) -> list[Tally]:
        """The tallies of the other processes, those that have ended too."""
        if self._shared is None:
            return []
        files = [each for each in self._shared.glob("shadow-*.json") if each.stem != f"shadow-{os.getpid()}"]
        found = [msgspec.json.decode(each.read_bytes(), type=Written).tally() for each in files]
        return [each for each in found if each.of == of]


def _named(served: Served) -> dict[str, str]:
    return {"name": served.name, "checksum": served.checksum}


def _say(done: Future[None]) -> None:
    if not done.cancelled() and (error := done.exception()) is not None:
        logger.warning("the shadow failed: %s", error)
