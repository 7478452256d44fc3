"""A file that was sent, on this machine's disk for as long as it is read."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

import python_multipart  # noqa: F401  # which Starlette reads forms with
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from reread.apps.serve import limits
from reread.apps.serve.ndjson import NDJSON
from reread.data.formats import formats
from reread.web.problems import Problem
from reread.web.streams import check_length, kind_of, pieces_of

CSV = "text/csv"
TSV = "text/tab-separated-values"
PARQUET = "application/vnd.apache.parquet"
FORM = "multipart/form-data"
FORMATS = {CSV: "csv", TSV: "tsv", NDJSON: "jsonl", PARQUET: "parquet"}
TEXTS = {**FORMATS, "text/plain": "txt"}  # with a text a line, for what needs no other column
ENVELOPE = 1 << 16  # bytes of a form besides its file


@asynccontextmanager
async def uploaded(request: Request, kinds: Mapping[str, str] = FORMATS) -> AsyncIterator[tuple[Path, str]]:
    """The file of a request, which is its body or the one file of its form, and its format.

    Args:
        request: the request.
        kinds: the formats that it may have, by the header Content-Type.

    Raises:
        Problem: its header names no such format, it is too long, or takes too long; or the form is broken or empty.
        ClientDisconnect: the client is gone.
    """
    kind = kind_of(request)
    if kind not in {*kinds, FORM}:
        raise Problem(415, f"the header Content-Type is {kind!r}; expected one of: {', '.join([*kinds, FORM])}")
    most = limits.FILE + (ENVELOPE if kind == FORM else 0)
    check_length(request, most)
    pieces = pieces_of(request, most, silence=limits.SECONDS, seconds=limits.HOUR)
    with tempfile.TemporaryDirectory(prefix="reread-serve-") as folder:
        place = Path(folder) / "file"
        with place.open("wb") as file:
            if kind == FORM:
                name = await _of_form(request, pieces, file, kinds)
            else:
                name = kinds[kind]
                async for piece in pieces:
                    await asyncio.to_thread(file.write, piece)
        yield place, name


async def _of_form(
    request: Request, pieces: AsyncGenerator[bytes, None], file: IO[bytes], kinds: Mapping[str, str]
) -> str:
    """Write a form's file; its format, by the end of its name: CSV unless that is another's."""
    try:
        form = await MultiPartParser(request.headers, pieces, max_files=1, max_fields=0).parse()
    except MultiPartException as error:
        said = f"the form cannot be read ({error.message}); expected one file, and what is asked in the address"
        raise Problem(400, said) from error
    try:
        files = [value for value in form.values() if isinstance(value, UploadFile)]
        if not files:
            raise Problem(422, "the form has no file; expected one")
        await asyncio.to_thread(shutil.copyfileobj, files[0].file, file)
        suffix = Path(files[0].filename or "").suffix.lower()
        return next((name for name in kinds.values() if suffix in formats.get(name).suffixes), FORMATS[CSV])
    finally:
        await form.close()
