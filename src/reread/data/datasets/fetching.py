"""From a data set's name to files on disk: from the cache, the user's copies, or the network."""

from __future__ import annotations

import csv
import gzip
import logging
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from reread.data.datasets.addresses import addresses
from reread.data.datasets.base import Dataset, Row, datasets
from reread.data.datasets.cache import Cache, write_rows
from reread.data.datasets.copies import find_copies, find_originals, read_copies
from reread.errors import DataError
from reread.fetching.download import Progress, download
from reread.fetching.folder import default_folder

logger = logging.getLogger(__name__)

_DAMAGE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    UnicodeDecodeError,
    csv.Error,
)


def fetch(
    name: str,
    *,
    folder: Path | None = None,
    source: Path | None = None,
    base_url: str | None = None,
    progress: Progress | None = None,
) -> dict[str, Path]:
    """Make sure that a named data set is on disk, and return its files, one per split.

    A cached copy that agrees with its checksums is used without asking the network.

    Args:
        name: A registered data set.
        folder: The cache; by default the user's (see ``default_folder``).
        source: The user's copy, used instead of cache and network: a folder with NAME/SPLIT.parquet or with the
            original files (in NAME/ or directly), or the only original file.
        base_url: A mirror, holding NAME/FILE for every original file.
        progress: Shows the bytes of a download.

    Returns:
        Split → gzipped JSON Lines file, ``folder``/NAME/SPLIT.jsonl.gz.

    Raises:
        ConfigError: no data set has that name.
        DataError: it cannot be fetched, or differs from what was published.
        MissingExtraError: downloading needs pooch, Parquet copies need pyarrow.
    """
    dataset = datasets.get(name)()
    return fetch_dataset(dataset, folder=folder, source=source, base_url=base_url, progress=progress)


def fetch_dataset(
    dataset: Dataset,
    *,
    folder: Path | None = None,
    source: Path | None = None,
    base_url: str | None = None,
    progress: Progress | None = None,
) -> dict[str, Path]:
    """Like ``fetch``, for a data set at hand: one with other checksums or row counts, say."""
    cache = Cache(default_folder() if folder is None else Path(folder), dataset)
    if source is None and (stored := cache.verified()) is not None:
        logger.info("%s: using the copy in %s", dataset.name, cache.folder)
        return stored
    with cache.building() as work, _damage_reported(dataset):
        if source is not None:
            supply = _from_source(dataset, Path(source))
        else:
            urls = addresses(dataset, base_url)
            files = {file.name: download(file, urls[file.name], work, progress) for file in dataset.originals}
            supply = _Supply(dataset.parse(files), ", ".join(urls.values()))
        return _build(dataset, cache, work, supply)


def list_datasets(folder: Path | None = None) -> list[dict[str, Any]]:
    """Every named data set, what it is, and whether the cache has it."""
    return [_listed(datasets.get(name)(), folder) for name in datasets]


class _Supply(NamedTuple):
    splits: Mapping[str, Iterable[Row]]
    origin: str
    as_published: bool = True


def _from_source(dataset: Dataset, source: Path) -> _Supply:
    copies = find_copies(dataset, source)
    if copies:
        return _Supply(read_copies(dataset, copies), str(source), as_published=False)
    return _Supply(dataset.parse(find_originals(dataset, source)), str(source))


def _build(dataset: Dataset, cache: Cache, work: Path, supply: _Supply) -> dict[str, Path]:
    built, rows = {}, {}
    for split in dataset.splits:
        built[split] = work / cache.paths[split].name
        rows[split] = write_rows(built[split], supply.splits[split])
        _check_count(dataset, split, rows[split], supply)
    logger.info("%s: %s", dataset.name, ", ".join(f"{split} {count:,} rows" for split, count in rows.items()))
    return cache.store(built, {**_about(dataset), "origin": supply.origin, "rows": rows})


def _check_count(dataset: Dataset, split: str, count: int, supply: _Supply) -> None:
    expected = dataset.rows.get(split, count or 1)
    if count == expected:
        return
    message = f'"{dataset.name}" from {supply.origin} has {count:,} rows in {split}, expected {expected:,}'
    if supply.as_published or not count:
        raise DataError(message)
    logger.warning("%s as published", message)  # a copy may be incomplete, as long as the user knows


def _about(dataset: Dataset) -> dict[str, Any]:
    fields = ("name", "description", "language", "task", "licence", "homepage")
    return {**{field: getattr(dataset, field) for field in fields}, "published_rows": dataset.rows}


def _listed(dataset: Dataset, folder: Path | None) -> dict[str, Any]:
    cache = Cache(default_folder() if folder is None else Path(folder), dataset)
    cached = cache.complete()
    return {
        **_about(dataset),
        "splits": list(dataset.splits),
        "download": all(original.url is not None for original in dataset.originals),
        "cached": cached,
        "rows": cache.about().get("rows", {}) if cached else {},
        "folder": str(cache.folder),
    }


@contextmanager
def _damage_reported(dataset: Dataset) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        reason = " ".join(str(error).split())
        raise DataError(f'"{dataset.name}": an original file is damaged or not the published one: {reason}') from error
