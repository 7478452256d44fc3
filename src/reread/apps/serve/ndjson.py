"""Lines of JSON: a text a line in, an answer a line out, while the lines come (https://github.com/ndjson/ndjson-spec)."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request

from reread.apps.serve import limits
from reread.apps.serve.cost import about_tokens
from reread.apps.serve.desk import Desk, check_tokens, no_answer
from reread.apps.serve.requests import Options
from reread.apps.serve.served import check_options, chosen
from reread.apps.serve.waiting import BATCH_TOKENS, Question
from reread.data.values import no_text
from reread.web.bodies import decoded
from reread.web.problems import Problem
from reread.web.rates import asker_of
from reread.web.streams import Streamed, pieces_of

NDJSON = "application/x-ndjson"
NEWLINE = b"\n"


class Name(msgspec.Struct, frozen=True):
    """What a line is called by who sent it, even if the rest of it is wrong."""

    id: str | int | None = None


class Line(Options, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One text to answer.

    Attributes:
        text: the text.
        id: what the answer is to be called.
        explain: add what each word adds to the answer.
    """

    text: Annotated[str, Meta(description="The text.")]
    id: Annotated[str | int | None, Meta(description="What the answer is to be called.")] = None
    explain: Annotated[bool, Meta(description="Add what each word adds to the answer.")] = False


_LINE, _NAME = msgspec.json.Decoder(Line), msgspec.json.Decoder(Name)


class Lines:
    """Makes lines of pieces; of a line that is too long nothing is kept, and None stands for it.

    Args:
        most: bytes of a line.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._rest = bytearray()
        self._skips = False

    def add(self, piece: bytes) -> Iterator[bytes | None]:
        """The lines that end in this piece; those with only white space are none."""
        *ended, rest = piece.split(NEWLINE)
        for end in ended:
            self._take(end)
            yield from self.end()
        self._take(rest)

    def end(self) -> Iterator[bytes | None]:
        """The line that has no end, if there is one."""
        line, skipped = bytes(self._rest), self._skips
        self._rest.clear()
        self._skips = False
        if skipped:
            yield None
        elif line.strip():
            yield line

    def _take(self, part: bytes) -> None:
        self._skips = self._skips or len(self._rest) + len(part) > self._most
        if self._skips:
            self._rest.clear()
        else:
            self._rest += part


@dataclass
class Asked:
    """A line that was read.

    Attributes:
        name: what its answer is called.
        error: why it has no answer; empty if it has one.
        question, text, tokens: what is asked of which text, and what that costs; None: nothing.
    """

    name: str | int | None = None
    error: str = ""
    question: Question | None = None
    text: str = ""
    tokens: int = 0


async def answer_lines(desk: Desk, request: Request, *, explain: bool) -> Streamed:
    """Answer each line of a request while they come; a bad one has its error in its place.

    Raises:
        Problem: the request is not let in.
    """
    await desk.admit(request)
    return Streamed(_answered(desk, request, explain=explain), last=_last, media_type=NDJSON)


async def _answered(desk: Desk, request: Request, *, explain: bool) -> AsyncIterator[bytes]:
    lines, asker = Lines(limits.LINE), asker_of(request.scope)
    pieces = pieces_of(
        request, limits.STREAM, silence=limits.SECONDS, seconds=limits.HOUR, leaving=lambda: desk.leaving
    )
    async for piece in pieces:
        found = [_read(desk, line, explain=explain) for line in lines.add(piece)]
        if found:
            yield await _answer(desk, found, asker)
    found = [_read(desk, line, explain=explain) for line in lines.end()]
    if found:
        yield await _answer(desk, found, asker)


def _read(desk: Desk, line: bytes | None, *, explain: bool) -> Asked:
    if line is None:
        return Asked(error=f"the line has more than {limits.LINE:,} bytes")
    try:
        said = decoded(_LINE, line)
    except Problem as problem:
        return Asked(_name(line), problem.detail)
    try:
        served, options = chosen(desk.models, said.model), said.options()
        check_options(served, options)
        question = Question(served, options, explain or said.explain)
        error = no_text(said.text)
        tokens = 0 if error else check_tokens(served, question, [said.text])
    except Problem as problem:
        return Asked(said.id, problem.detail)
    return Asked(said.id, error) if error else Asked(said.id, "", question, said.text, tokens)


def _name(line: bytes) -> str | int | None:
    try:
        return _NAME.decode(line).id
    except (msgspec.DecodeError, RecursionError):
        return None


async def _answer(desk: Desk, asked: Sequence[Asked], asker: int) -> bytes:
    """The answers to some lines, one a line."""
    answers = [no_answer(each.error) for each in asked]

    async def answer(question: Question, places: Sequence[int]) -> None:
        texts, tokens = [asked[place].text for place in places], sum(asked[place].tokens for place in places)
        try:
            found = await desk.answers_in_turn(question, texts, tokens, asker)
        except Problem as problem:
            found = [no_answer(problem.detail)] * len(places)
        for place, one in zip(places, found, strict=True):
            answers[place] = {**one, "error": one.get("error")}

    await asyncio.gather(*(answer(*each) for each in _together(asked)))
    named: list[dict[str, Any]] = [{"id": each.name, **one} for each, one in zip(asked, answers, strict=True)]
    return msgspec.json.Encoder().encode_lines(named)


def _together(asked: Sequence[Asked]) -> Iterator[tuple[Question, list[int]]]:
    """The places of lines that are answered together: of one question, and not too many."""
    groups: defaultdict[Question, list[int]] = defaultdict(list)
    sizes: Counter[Question] = Counter()
    for place, each in enumerate(asked):
        question = each.question
        if question is None:
            continue
        most = limits.EXPLAINED if question.explain else BATCH_TOKENS
        if groups[question] and sizes[question] + about_tokens(each.text) > most:
            yield question, groups.pop(question)
            sizes[question] = 0
        sizes[question] += about_tokens(each.text)
        groups[question].append(place)
    yield from groups.items()


def _last(problem: Problem) -> bytes:
    """What ends a reply early: the lines from here on have no answer."""
    said = f"{problem.detail}; the lines from here on are not answered"
    return msgspec.json.encode({"id": None, **no_answer(said)}) + NEWLINE
