"""Getting an original file over the network."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from reread.data.datasets.base import Dataset, Original
from reread.data.datasets.checksums import check_file
from reread.errors import DataError, MissingExtraError

logger = logging.getLogger(__name__)

_TIMEOUT = 60.0  # seconds without a single byte


class Progress(Protocol):
    """What shows the bytes of a download; pooch sets ``total`` first."""

    total: int

    def update(self, amount: int) -> None: ...  # noqa: D102
    def reset(self) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


def addresses(dataset: Dataset, base_url: str | None) -> dict[str, str]:
    """File name → the address to fetch it from: the publisher's, or ``base_url``/NAME/FILE of a mirror.

    Raises:
        DataError: the set has to be fetched by hand.
    """
    urls: dict[str, str] = {}
    for original in dataset.originals:
        if original.url is None:
            raise DataError(
                f'"{dataset.name}" cannot be downloaded under its terms: get {original.name} at {dataset.homepage} '
                "and name its folder with source=FOLDER"
            )
        urls[original.name] = original.url if base_url is None else _mirrored(base_url, dataset, original)
    return urls


def download(original: Original, url: str, folder: Path, progress: Progress | None = None) -> Path:
    """Fetch one original file into ``folder`` and check it.

    Raises:
        DataError: the server does not answer or refuses, the connection breaks, or the checksum is wrong.
        MissingExtraError: pooch is not installed.
    """
    try:
        from pooch.downloaders import HTTPDownloader  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtraError("downloading a data set", "train") from error
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


def _mirrored(base_url: str, dataset: Dataset, original: Original) -> str:
    return f"{base_url.rstrip('/')}/{quote(dataset.name)}/{quote(original.name)}"


def _reason(error: OSError) -> str:
    response = getattr(error, "response", None)  # requests keeps the answer when there was one
    if response is None:
        return type(error).__name__
    response.close()  # pooch leaves a refused one open
    return f"HTTP {response.status_code}"
