"""Getting an original file over the network."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Protocol

from reread.errors import DataError, MissingExtraError
from reread.fetching.checksums import check_file
from reread.fetching.original import Original

logger = logging.getLogger(__name__)

_TIMEOUT = 60.0  # seconds without a single byte


class Progress(Protocol):
    """What shows the bytes of a download; pooch sets ``total`` first."""

    total: int

    def update(self, amount: int) -> None: ...  # noqa: D102
    def reset(self) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


def download(
    original: Original, url: str, folder: Path, progress: Progress | None = None, *, what: str = "a data set"
) -> Path:
    """Fetch one original file into ``folder`` and check it.

    Args:
        original: the file.
        url: where to fetch it from.
        folder: where to put it.
        progress: shows the bytes.
        what: the name of such files in messages.

    Raises:
        DataError: the server does not answer or refuses, the connection breaks, or the checksum is wrong.
        MissingExtraError: pooch is not installed.
    """
    try:
        from pooch.downloaders import HTTPDownloader  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"downloading {what}", "train") from error
    path = folder / original.name
    logger.info("downloading %s", url)
    try:
        fetch = HTTPDownloader(progressbar=progress or False, timeout=_TIMEOUT)  # type: ignore[no-untyped-call]
        fetch(url, str(path), None)
    except OSError as error:
        if error.errno is not None:  # the disk's errors have a number, those of requests have none
            raise
        raise DataError(
            f"cannot download {url} ({_reason(error)}); a folder with copies can be named with source=FOLDER"
        ) from error
    check_file(path, original.checksum, url)
    return path


def _reason(error: OSError) -> str:
    response = getattr(error, "response", None)  # requests keeps the answer when there was one
    if response is None:
        return type(error).__name__
    response.close()  # pooch leaves a refused one open
    return f"HTTP {response.status_code}"
