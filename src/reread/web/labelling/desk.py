"""Answers the labelling page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from reread.errors import DataError
from reread.label.background import Background
from reread.label.foretelling import Foretelling
from reread.label.label_file import ChangedError
from reread.label.labelling import Labelling, OvertakenError
from reread.label.state import Asked, State
from reread.web.bodies import JSON, decoded, read_body
from reread.web.labelling.rules import RuleDesk
from reread.web.labelling.training import LabelTraining
from reread.web.problems import Problem

BODY = 64 << 10  # bytes of a request
SECONDS = 30.0  # in which it must have come
SHOWN = 100_000  # characters of a text


class Give(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A label.

    Attributes:
        row: of the text.
        label: a class, labels, or a number.
        again: whether the text was asked about again.
    """

    row: int
    label: str | float | list[str]
    again: bool = False


class Which(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The text that is skipped, or whose label is taken back.

    Attributes:
        row: of the text.
        again: whether it is the second answer to it that is taken back.
    """

    row: int
    again: bool = False


_GIVE, _WHICH = msgspec.json.Decoder(Give), msgspec.json.Decoder(Which)


class LabelDesk:
    """Answers the page of one labelling.

    Args:
        labelling: what it shows.
        training: trains on the labels.
        blind: whether what the linear member says is shown only after the person's own answer.
        spoken: words as the page may say them, such as without places on this machine.
        anew: what people are told to do when another program has changed the file of labels.

    Attributes:
        rules: answers what the page asks of rules.
        changed: whether another program has: nothing more is kept.
    """

    def __init__(
        self,
        labelling: Labelling,
        training: LabelTraining,
        *,
        blind: bool,
        spoken: Callable[[str], str] = str,
        anew: str = "end reread label and begin again",
    ) -> None:
        self.labelling, self.training, self.blind = labelling, training, blind
        self.rules = RuleDesk(labelling, spoken)
        self.changed = False
        self._spoken, self._anew = spoken, anew
        self._changes: set[asyncio.Task[State]] = set()
        self._foretelling = Foretelling(labelling)
        self._background = [
            Background(lambda _: labelling.learn(), "learning"),
            Background(self._foretelling.renew, "foretelling"),
        ]

    def start(self) -> None:
        """Let the linear member learn from now on, and foretell what more labels would bring."""
        for each in self._background:
            each.start()

    def stop(self) -> None:
        """Let it learn no more."""
        for each in self._background:
            each.stop()

    async def settle(self) -> None:
        """Wait for the changes that are being made."""
        while self._changes:
            await asyncio.wait(self._changes)

    async def state(self, _: Request) -> Response:
        """What is asked."""
        return self._said(await asyncio.to_thread(self.labelling.state))

    async def give(self, request: Request) -> Response:
        """Keep a label."""
        said = decoded(_GIVE, await read_body(request, most=BODY, seconds=SECONDS))
        return await self._changed(lambda: self.labelling.give(said.row, said.label, again=said.again))

    async def skip(self, request: Request) -> Response:
        """Ask about another text first."""
        said = decoded(_WHICH, await read_body(request, most=BODY, seconds=SECONDS))
        return await self._changed(lambda: self.labelling.skip(said.row))

    async def undo(self, request: Request) -> Response:
        """Take the last label back."""
        said = decoded(_WHICH, await read_body(request, most=BODY, seconds=SECONDS))
        return await self._changed(lambda: self.labelling.undo(said.row, again=said.again))

    async def _changed(self, change: Callable[[], State]) -> Response:
        """A change of the labels, which is finished even if nobody waits for it."""
        try:
            state = await asyncio.shield(self._begun(change))
        except OvertakenError as error:
            raise Problem(409, self._spoken(str(error))) from error
        except ChangedError as error:
            self.changed = True
            raise Problem(422, self._spoken(f"{error}; {self._anew}")) from error
        except DataError as error:
            raise Problem(422, self._spoken(str(error))) from error
        except OSError as error:
            why = f"{self.labelling.file.path} could not be written: {error.strerror or error}"
            raise Problem(500, self._spoken(why)) from error
        for each in self._background:
            each.wake()
        return self._said(state)

    def _begun(self, change: Callable[[], State]) -> asyncio.Task[State]:
        task = asyncio.create_task(asyncio.to_thread(change))
        self._changes.add(task)
        task.add_done_callback(self._changes.discard)
        return task

    def _said(self, state: State) -> Response:
        return _json(
            {
                "question": self.labelling.question.for_page(),
                "asked": None if state.asked is None else self._asked(state.asked),
                "labelled": state.labelled,
                "texts": state.texts,
                "skipped": state.skipped,
                "counts": [{"name": name, "labels": count} for name, count in state.counts.items()],
                "last": None if state.last is None else asdict(state.last),
                "accuracy": None if state.accuracy is None else asdict(state.accuracy),
                "consistency": None if state.consistency is None else asdict(state.consistency),
                "learned": state.learned,
                "trouble": state.trouble,
                "foretold": self._foretold(),
                "blind": self.blind,
                "takes_rules": self.labelling.question.takes_rules,
                "file": self.labelling.file.path.name,
            }
        )

    def _foretold(self) -> dict[str, Any] | None:
        """What more labels would bring; None: that is not known of this kind of answer."""
        if not self.labelling.question.foretells:
            return None
        found = self._foretelling.found
        curve = found.curve
        said = None if curve is None else {"sentence": curve.sentence(), "metric": curve.metric, **asdict(curve.gain)}
        return {"labels": found.labels, "gain": said, "why": found.why}

    def _asked(self, asked: Asked) -> dict[str, Any]:
        suggestion = None if self.blind or asked.suggestion is None else asdict(asked.suggestion)
        return {
            "row": asked.row,
            "text": asked.text[:SHOWN],
            "characters": len(asked.text),
            "how": asked.how,
            "again": asked.again,
            "suggestion": suggestion,
            "given": [{"by": by, "label": label} for by, label in asked.given],
        }


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), media_type=JSON)
