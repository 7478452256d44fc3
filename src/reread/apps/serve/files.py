"""A file of rows up, the same rows with their answers down; or what columns it has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from reread.apps.serve import limits
from reread.apps.serve.cost import about_tokens
from reread.apps.serve.desk import FULL, Desk, in_order, no_answer
from reread.apps.serve.file_replies import FileReply, reply_for
from reread.apps.serve.file_rows import Sheet, columns_of, open_file, parts_of, sheet_of
from reread.apps.serve.query import read_query
from reread.apps.serve.requests import Options
from reread.apps.serve.served import Served, check_options, chosen
from reread.apps.serve.uploads import uploaded
from reread.apps.serve.waiting import Question
from reread.data.read import Row, Rows
from reread.web.bodies import JSON
from reread.web.problems import Problem
from reread.web.rates import asker_of
from reread.web.streams import Streamed

AGAIN = 5.0  # seconds after which one of the files may be done


class ColumnOptions(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is asked of a file whose columns are looked at, in the address.

    Attributes:
        model: the model's name; not needed where there is one.
        encoding: of the file.
    """

    model: Annotated[str, Meta(description="The model's name; not needed where there is one.")] | None = None
    encoding: Annotated[str, Meta(description="The file's encoding; detected without it.")] | None = None


class FileOptions(Options, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is asked of a file, in the address.

    Attributes:
        text: the column with the texts.
        encoding: of the file.
    """

    text: Annotated[str, Meta(description="The column with the texts; found by name without it.")] | None = None
    encoding: Annotated[str, Meta(description="The file's encoding; detected without it.")] | None = None


class Files:
    """Answers files, a few at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._held = 0

    async def answer(self, request: Request) -> Streamed:
        """The rows of a file with their answers, made while they are sent.

        Raises:
            Problem: the request is not let in, or asks for what cannot be given.
        """
        await self._desk.admit(request)
        options = read_query(request.query_params, FileOptions)
        with _as_parameters():
            served = chosen(self._desk.models, options.model)
            check_options(served, options.options())
        kind = reply_for(request)
        headers = {"content-disposition": f'attachment; filename="{kind.file_name}"'}
        pieces = self._answered(request, options, served, kind)
        return Streamed(pieces, headers=headers, media_type=kind.media_type)

    async def columns(self, request: Request) -> Response:
        """The columns of a file, and which one has its texts.

        Raises:
            Problem: the request is not let in, or the file cannot be read.
        """
        await self._desk.admit(request)
        options = read_query(request.query_params, ColumnOptions)
        with _as_parameters():
            served = chosen(self._desk.models, options.model)
        with self._place():
            async with uploaded(request) as (path, kind):
                rows = await asyncio.to_thread(open_file, path, kind, options.encoding)
                found = await asyncio.to_thread(columns_of, rows, served.text_column)
        return Response(msgspec.json.encode(found), media_type=JSON)

    async def _answered(
        self, request: Request, options: FileOptions, served: Served, reply_kind: type[FileReply]
    ) -> AsyncIterator[bytes]:
        question = Question(served, options.options())
        with self._place():
            async with uploaded(request) as (path, kind):
                rows = await asyncio.to_thread(open_file, path, kind, options.encoding)
                sheet = sheet_of(rows, options.text, served.model, served.text_column, question.options)
                reply = reply_kind([*sheet.columns, *sheet.added])
                yield reply.head()
                async with aclosing(_read(rows, sheet)) as parts:
                    async for part in parts:
                        if await request.is_disconnected():
                            return
                        yield reply.rows(await self._answer(part, sheet, question, asker_of(request.scope)))

    async def _answer(
        self, part: Sequence[tuple[Row, str]], sheet: Sheet, question: Question, asker: int
    ) -> list[list[Any]]:
        problems = [problem for _, problem in part]
        texts = [row.values[sheet.text] for row, problem in part if not problem]
        try:
            found = await self._desk.answers_in_turn(question, texts, sum(map(about_tokens, texts)), asker)
        except Problem as problem:
            answers = [no_answer(own or problem.detail) for own in problems]
        else:
            answers = in_order(found, problems)
        return [sheet.record(row, answer) for (row, _), answer in zip(part, answers, strict=True)]

    @contextmanager
    def _place(self) -> Iterator[None]:
        """One of the places for files.

        Raises:
            Problem: there is none left.
        """
        if self._held >= limits.FILES:
            raise Problem(FULL, f"{limits.FILES} files are answered at this time", retry_after=AGAIN)
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1


async def _read(rows: Rows, sheet: Sheet) -> AsyncGenerator[list[tuple[Row, str]], None]:
    """The parts of a file, read in a thread."""
    parts = parts_of(rows, sheet.text)
    while part := await asyncio.to_thread(next, parts, None):
        yield part


@contextmanager
def _as_parameters() -> Iterator[None]:
    """What is wrong with a field is, here, wrong with a parameter of the address."""
    try:
        yield
    except Problem as problem:
        problem.parameter = (problem.field or "").removeprefix("/")
        raise
