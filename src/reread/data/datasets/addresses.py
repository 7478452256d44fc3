"""Where the original files of a data set are fetched from."""

from __future__ import annotations

from urllib.parse import quote

from reread.data.datasets.base import Dataset
from reread.errors import DataError
from reread.fetching.original import Original


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


def _mirrored(base_url: str, dataset: Dataset, original: Original) -> str:
    return f"{base_url.rstrip('/')}/{quote(dataset.name)}/{quote(original.name)}"
