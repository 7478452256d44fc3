"""Rules on the labelling page: written, tried and kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from reread.errors import RereadError
from reread.label.labelling import Labelling
from reread.label.rules import RulesBeside, Tried
from reread.tasks.labels import quoted
from reread.weak import Rule
from reread.web.bodies import JSON, decoded, read_body
from reread.web.problems import Problem

BODY = 64 << 10  # bytes of a request
SECONDS = 30.0  # in which it must have come
NAME = 60  # characters of a rule's name
Word = Annotated[str, Meta(min_length=1, max_length=200)]


class Draft(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A rule.

    Attributes:
        label: the class that it votes for.
        words: that it looks for, or phrases.
    """

    label: str
    words: Annotated[list[Word], Meta(min_length=1, max_length=100)]

    def rule(self, names: set[str]) -> Rule:
        """The rule, with a name that is not among these."""
        stem = ", ".join(self.words)
        name = stem = stem if len(stem) <= NAME else f"{stem[: NAME - 1]}…"
        number = 1
        while name in names:
            number += 1
            name = f"{stem} ({number})"
        return Rule(name, self.label, words=list(self.words))


class Named(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The rule that is meant."""

    name: str


_DRAFT, _NAMED = msgspec.json.Decoder(Draft), msgspec.json.Decoder(Named)


class RuleDesk:
    """Answers what the page asks of rules. They look for words only: an expression can take for ever on a text.

    Args:
        labelling: whose page it is.
        spoken: words as the page may say them.
    """

    def __init__(self, labelling: Labelling, spoken: Callable[[str], str]) -> None:
        self._rules, self._spoken = RulesBeside(labelling), spoken
        self._able = labelling.question.takes_rules

    async def state(self, _: Request) -> Response:
        """The rules that are kept, and what they do."""
        return await self._done(self._rules.tried)

    async def try_one(self, request: Request) -> Response:
        """What they would do with another one."""
        draft = decoded(_DRAFT, await read_body(request, most=BODY, seconds=SECONDS))
        return await self._done(lambda: self._rules.tried(self._named(draft)))

    async def add(self, request: Request) -> Response:
        """Keep another one."""
        draft = decoded(_DRAFT, await read_body(request, most=BODY, seconds=SECONDS))
        return await self._done(lambda: self._rules.add(self._named(draft)))

    async def remove(self, request: Request) -> Response:
        """Keep one no longer."""
        named = decoded(_NAMED, await read_body(request, most=BODY, seconds=SECONDS))
        return await self._done(lambda: self._rules.remove(named.name))

    def _named(self, draft: Draft) -> Rule:
        return draft.rule(self._rules.names())

    async def _done(self, do: Callable[[], Tried]) -> Response:
        if not self._able:
            raise Problem(422, "rules vote for one class, and here a text has no class or several")
        try:
            tried = await asyncio.to_thread(do)
        except RereadError as error:
            raise Problem(422, self._spoken(str(error))) from error
        except OSError as error:
            raise Problem(500, self._spoken(f"{self._rules.path} cannot be written: {error.strerror}")) from error
        return Response(msgspec.json.encode(self._said(tried)), media_type=JSON)

    def _said(self, tried: Tried) -> dict[str, Any]:
        rules = [
            {
                **asdict(each.figures),
                "label": each.rule.label,
                "does": _does(each.rule),
                "right": each.right,
                "of": each.of,
            }
            for each in tried.rules
        ]
        return {
            "texts": tried.texts,
            "all_texts": tried.all_texts,
            "silent": tried.silent,
            "disputes": tried.disputes,
            "rules": rules,
            "disputed": [asdict(each) for each in tried.disputed],
            "file": self._rules.path.name,
        }


def _does(rule: Rule) -> str:
    """What a rule looks for, in words."""
    words = rule.settings.get("words")
    if words is not None:
        return ", ".join(map(quoted, words))
    return ", ".join(f"{key} = {value}" for key, value in rule.settings.items())
