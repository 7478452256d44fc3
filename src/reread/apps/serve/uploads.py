"""A file that was sent, on this machine's disk for as long as it is read."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

import python_multipart  # noqa: F401  # which Starlette reads forms with
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from reread.apps.serve import limits
from reread.web.problems import Problem
from reread.web.streams import check_length, kind_of, pieces_of

CSV = "text/csv"
FORM = "multipart/form-data"
ENVELOPE = 1 << 16  # bytes of a form besides its file


@asynccontextmanager
async def uploaded(request: Request) -> AsyncIterator[Path]:
    """The file of a request: its body, or the one file of its form.

    Raises:
        Problem: it is no CSV by its header, is too long, or takes too long; or the form is broken, or has no file.
        ClientDisconnect: the client is gone.
    """
    kinds = {CSV: (_raw, limits.FILE), FORM: (_of_form, limits.FILE + ENVELOPE)}
    if kind_of(request) not in kinds:
        raise Problem(415, f"the header Content-Type is {kind_of(request)!r}; expected {' or '.join(kinds)}")
    read, most = kinds[kind_of(request)]
    check_length(request, most)
    pieces = pieces_of(request, most, silence=limits.SECONDS, seconds=limits.HOUR)
    with tempfile.TemporaryDirectory(prefix="reread-serve-") as folder:
        place = Path(folder) / "file.csv"
        with place.open("wb") as file:
            await read(request, pieces, file)
        yield place


async def _raw(_: Request, pieces: AsyncGenerator[bytes, None], file: IO[bytes]) -> None:
    async for piece in pieces:
        await asyncio.to_thread(file.write, piece)


async def _of_form(request: Request, pieces: AsyncGenerator[bytes, None], file: IO[bytes]) -> None:
    try:
        form = await MultiPartParser(request.headers, pieces, max_files=1, max_fields=0).parse()
    except MultiPartException as error:
        said = f"the form cannot be read ({error.message}); expected one file, and what is asked in the address"
        raise Problem(400, said) from error
    try:
        files = [value for value in form.values() if isinstance(value, UploadFile)]
        if not files:
            raise Problem(422, "the form has no file; expected one of CSV")
        await asyncio.to_thread(shutil.copyfileobj, files[0].file, file)
    finally:
        await form.close()
