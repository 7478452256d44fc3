"""A file of rows up, the same rows with their answers down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Annotated

from msgspec import Meta
from starlette.requests import Request

from reread.apps.serve import limits
from reread.apps.serve.cost import about_tokens
from reread.apps.serve.desk import FULL, Desk, in_order, no_answer
from reread.apps.serve.file_rows import Sheet, open_file, parts_of, sheet_of
from reread.apps.serve.query import read_query
from reread.apps.serve.requests import Options
from reread.apps.serve.served import Served, check_options, chosen
from reread.apps.serve.spreadsheets import csv_of
from reread.apps.serve.uploads import CSV, uploaded
from reread.apps.serve.waiting import Question
from reread.data.read import Row, Rows
from reread.web.problems import Problem
from reread.web.rates import asker_of
from reread.web.streams import Streamed

TYPE = f"{CSV}; charset=utf-8; header=present"
HEADERS = {"content-disposition": 'attachment; filename="answers.csv"'}
AGAIN = 5.0  # seconds after which one of the files may be done


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
        try:
            served = chosen(self._desk.models, options.model)
            check_options(served, options.options())
        except Problem as problem:
            problem.parameter = (problem.field or "").removeprefix("/")
            raise
        return Streamed(self._answered(request, options, served), headers=HEADERS, media_type=TYPE)

    async def _answered(self, request: Request, options: FileOptions, served: Served) -> AsyncIterator[bytes]:
        question = Question(served, options.options())
        with self._place():
            async with uploaded(request) as path:
                rows = await asyncio.to_thread(open_file, path, options.encoding)
                sheet = sheet_of(rows, options.text, served.model, served.text_column, question.options)
                yield csv_of([[*sheet.columns, *sheet.added]])
                async with aclosing(_read(rows, sheet)) as parts:
                    async for part in parts:
                        if await request.is_disconnected():
                            return
                        yield await self._answer(part, sheet, question, asker_of(request.scope))

    async def _answer(self, part: Sequence[tuple[Row, str]], sheet: Sheet, question: Question, asker: int) -> bytes:
        problems = [problem for _, problem in part]
        texts = [row.values[sheet.text] for row, problem in part if not problem]
        try:
            found = await self._desk.answers_in_turn(question, texts, sum(map(about_tokens, texts)), asker)
        except Problem as problem:
            answers = [no_answer(own or problem.detail) for own in problems]
        else:
            answers = in_order(found, problems)
        return csv_of(sheet.record(row, answer) for (row, _), answer in zip(part, answers, strict=True))

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
