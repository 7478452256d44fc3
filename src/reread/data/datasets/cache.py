"""The folder that keeps fetched data sets: NAME/SPLIT.jsonl.gz, about.json and SHA256SUMS."""

from __future__ import annotations

import gzip
import json
import logging
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reread.data.datasets.base import Dataset, Row
from reread.fetching.checksums import file_checksum
from reread.files import write_whole

logger = logging.getLogger(__name__)

_FORMAT = 1
_ABOUT = "about.json"
_SUMS = "SHA256SUMS"


class Cache:
    """The kept copy of one data set. It counts only when SHA256SUMS, written last, agrees with every file."""

    def __init__(self, folder: Path, dataset: Dataset) -> None:
        self.root = folder
        self.folder = folder / dataset.name
        self.name = dataset.name
        self.paths = {split: self.folder / f"{split}.jsonl.gz" for split in dataset.splits}

    def about(self) -> dict[str, Any]:
        """What about.json says of the copy; empty when there is none that can be read."""
        try:
            about = json.loads((self.folder / _ABOUT).read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        return about if isinstance(about, dict) and about.get("format") == _FORMAT else {}

    def complete(self) -> bool:
        """Whether every file is there; their contents are not looked at."""
        return bool(self.about()) and all((self.folder / file).is_file() for file in [*self._expected(), _SUMS])

    def verified(self) -> dict[str, Path] | None:
        """The files of the splits if the copy is whole, else None; a damaged one is logged."""
        if not self.complete():
            return None
        wrong = [file for file, sum_ in self._sums().items() if file_checksum(self.folder / file) != sum_]
        missing = [file for file in self._expected() if file not in self._sums()]
        if wrong or missing:
            logger.warning("%s: %s in %s is damaged; fetching it again", self.name, (wrong + missing)[0], self.folder)
            return None
        return dict(self.paths)

    @contextmanager
    def building(self) -> Iterator[Path]:
        """A folder beside the copy to work in; it is gone afterwards, whatever happens."""
        self.root.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{self.name}-", dir=self.root))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def store(self, built: Mapping[str, Path], about: Mapping[str, Any]) -> dict[str, Path]:
        """Move built files into place, the checksums last."""
        self.folder.mkdir(exist_ok=True)
        for split, path in built.items():
            path.replace(self.paths[split])
        write_whole(self.folder / _ABOUT, json.dumps({"format": _FORMAT, **about}, ensure_ascii=False, indent=2) + "\n")
        sums = {file: file_checksum(self.folder / file) for file in self._expected()}
        write_whole(self.folder / _SUMS, "".join(f"{sum_}  {file}\n" for file, sum_ in sums.items()))
        return dict(self.paths)

    def _expected(self) -> list[str]:
        return sorted([_ABOUT, *(path.name for path in self.paths.values())])

    def _sums(self) -> dict[str, str]:
        path = self.folder / _SUMS
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
        pairs = (line.split("  ", 1) for line in lines if "  " in line)
        return {file: sum_ for sum_, file in pairs if file in self._expected()}


def write_rows(path: Path, rows: Iterable[Row]) -> int:
    """Write rows as gzipped JSON Lines, the same bytes for the same rows, and count them."""
    count = 0
    with path.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=6) as file:
        for row in rows:
            file.write(_line(row))
            count += 1
    return count


def _line(row: Row) -> bytes:
    try:
        return json.dumps(row, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair cannot stand in UTF-8, but in \u notation
        return json.dumps(row).encode() + b"\n"
