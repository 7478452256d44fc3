"""The user's copies: Parquet files, one per split, or the original files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from reread.data.datasets.base import Dataset, Row
from reread.data.read import Rows, open_rows
from reread.errors import DataError
from reread.fetching.checksums import check_file
from reread.fetching.original import Original


def find_copies(dataset: Dataset, source: Path) -> dict[str, Path]:
    """The Parquet copies NAME/SPLIT.parquet below ``source``; empty if there is not one.

    Raises:
        DataError: some splits are there and others are not.
    """
    paths = {split: source / dataset.name / f"{split}.parquet" for split in dataset.splits}
    missing = [path for path in paths.values() if not path.is_file()]
    if missing and len(missing) < len(paths):
        raise DataError(f'"{dataset.name}" is incomplete in {source}: {missing[0]} is missing')
    return {} if missing else paths


def read_copies(dataset: Dataset, copies: Mapping[str, Path]) -> dict[str, Iterable[Row]]:
    """The rows of Parquet copies."""
    return {split: _rows(dataset, split, path) for split, path in copies.items()}


def find_originals(dataset: Dataset, source: Path) -> dict[str, Path]:
    """The original files at ``source``, checked: in it, in its folder NAME, or the one file itself.

    Raises:
        DataError: a file is missing, or differs from what was published.
    """
    files = {original.name: _find(dataset, original, source) for original in dataset.originals}
    for original in dataset.originals:
        check_file(files[original.name], original.checksum, str(source))
    return files


def _find(dataset: Dataset, original: Original, source: Path) -> Path:
    if source.is_file() and len(dataset.originals) == 1:
        return source
    for path in (source / dataset.name / original.name, source / original.name):
        if path.is_file():
            return path
    wanted = f"{dataset.name}/{dataset.splits[0]}.parquet or {original.name}"
    raise DataError(f'"{dataset.name}" is not at {source}: expected {wanted} there')


def _rows(dataset: Dataset, split: str, path: Path) -> Iterable[Row]:
    rows = open_rows(path, format="parquet")
    wanted = ("text",) if split in dataset.unlabelled else dataset.columns
    missing = [column for column in wanted if column not in rows.columns]
    if missing:
        raise DataError(f'{path} has no column "{missing[0]}": expected {", ".join(wanted)}')
    return _sound(rows)


def _sound(rows: Rows) -> Iterator[Row]:
    for row in rows:
        if row.problem:
            raise DataError(f"{rows.place(row.line)}: {row.problem}")
        yield row.values
