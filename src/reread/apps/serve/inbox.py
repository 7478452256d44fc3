"""Files that the page sends, taken into the folder of the server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request

from reread.apps.serve.parquet_files import unpacked
from reread.apps.serve.uploads import FORMATS, uploaded
from reread.apps.serve.work import Work, takes_no_file


class Inbox:
    """Takes them; Parquet becomes lines of JSON.

    Args:
        work: the folder.

    Attributes:
        work: the same.
        reading: held by who reads a file, for one at a time is in memory.
    """

    def __init__(self, work: Work) -> None:
        self.work = work
        self.reading = asyncio.Lock()

    async def take(self, request: Request, name: str, formats: Mapping[str, str] = FORMATS) -> Path:
        """Keep the file of a request.

        Args:
            request: the request.
            name: what the file is called.
            formats: that it may have, by the header Content-Type.

        Raises:
            Problem: it cannot be read, or not be kept.
        """
        async with uploaded(request, formats) as (sent, kind):
            if kind != "parquet":
                return await self._kept(sent, name, kind)
            async with self.reading:
                rows = await asyncio.to_thread(unpacked, sent)
            return await self._kept(rows, name, "jsonl")

    async def _kept(self, path: Path, name: str, kind: str) -> Path:
        try:
            return self.work.data(await asyncio.to_thread(self.work.keep, path, name, kind))
        except OSError as error:
            raise takes_no_file(error) from error
