"""Word vectors that are one file of their publisher: downloaded, or copied from the user's own."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any, ClassVar

from reread.errors import DataError
from reread.fetching.checksums import check_file, file_checksum
from reread.fetching.download import Progress, download
from reread.fetching.folder import default_folder
from reread.fetching.original import Original
from reread.files import write_whole
from reread.typing import override
from reread.vectors.catalogue.base import NamedVectors
from reread.vectors.files import format_of
from reread.vectors.files.base import VectorFile, torn

logger = logging.getLogger(__name__)

ABOUT = "about.json"  # written last: without it, nothing was fetched


class FetchedVectors(NamedVectors):
    """Vectors in the cache: FOLDER/vectors/NAME/FILE with about.json, which keeps size and checksum.

    Args:
        url: another address of the file, such as a mirror's.
    """

    file_name: ClassVar[str]
    url: ClassVar[str]

    def __init__(self, url: str | None = None) -> None:
        self._original = Original(self.file_name, url or self.url, self.checksum)
        self.folder = default_folder() / "vectors" / self.name

    @override
    def here(self) -> bool:
        return self._kept() is not None

    @override
    def file(self) -> VectorFile:
        kept = self._kept()
        if kept is None:
            raise DataError(f"{self.name} is not on this machine; fetch it once: reread vectors fetch {self.name}")
        path = self.folder / kept["file"]
        if path.stat().st_size != kept["bytes"]:
            raise torn(path, f"it has {path.stat().st_size:,} bytes instead of {kept['bytes']:,}")
        return VectorFile(path, format_of(path), {"source": self.name, "licence": self.licence}, kept["sha256"])

    @override
    def fetch(self, source: Path | None = None, progress: Progress | None = None) -> VectorFile:
        if source is None and self.here() and self._is_whole():
            return self.file()
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{self.name}-", dir=self.folder.parent))
        try:
            if source is None:
                path = download(self._original, str(self._original.url), work, progress, what="word vectors")
            else:
                path = self._copied(source, work)
            self._keep(self.unpacked(path), str(source or self._original.url))
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return self.file()

    def _is_whole(self) -> bool:
        """Whether the file is what was fetched; a damaged one is logged."""
        try:
            self.file().fingerprint()
        except DataError as error:
            logger.warning("%s; fetching it now", error)
            return False
        return True

    def unpacked(self, path: Path) -> Path:
        """The file of vectors in the file that was fetched: the same one, unless it is an archive."""
        return path

    def _copied(self, source: Path, work: Path) -> Path:
        found = source / self.file_name if source.is_dir() else source
        if not found.is_file():
            raise DataError(f'"{self.name}" is not at {source}: expected {self.file_name} there')
        check_file(found, self.checksum, str(source))
        return Path(shutil.copyfile(found, work / self.file_name))

    def _keep(self, path: Path, origin: str) -> None:
        """Move the file into the cache, if it holds what it should.

        Raises:
            DataError: it holds no vectors of this dimension, or differs from an earlier download.
        """
        try:
            dim = VectorFile(path, format_of(path), {}).dim()
        except DataError as error:
            reason = str(error).replace(str(path), path.name)
            raise DataError(f"{origin} is not the file of {self.name}: {reason}") from error
        if dim != self.dim:
            raise DataError(f"{path.name} from {origin} holds vectors of {dim} numbers; {self.name} has {self.dim}")
        self.folder.mkdir(exist_ok=True)
        about = {
            "name": self.name, "file": path.name, "bytes": path.stat().st_size, "sha256": file_checksum(path),
            "origin": origin, "licence": self.licence, "citation": self.citation,
        }  # fmt: skip
        path.replace(self.folder / path.name)
        write_whole(self.folder / ABOUT, json.dumps(about, ensure_ascii=False, indent=2) + "\n")

    def _kept(self) -> dict[str, Any] | None:
        """What about.json says of a file that is there."""
        try:
            about = json.loads((self.folder / ABOUT).read_bytes())
            there = (self.folder / about["file"]).is_file() and {"bytes", "sha256"} <= about.keys()
        except (FileNotFoundError, ValueError, LookupError, TypeError):
            return None
        return about if there else None
