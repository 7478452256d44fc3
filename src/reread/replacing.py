"""A folder that appears as a whole, also where another one stands."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def new_folder(place: Path) -> Iterator[Path]:
    """A folder to fill, renamed to ``place`` when that is done; until then what stands there stays there.

    Two renames on one file system, and the old folder is removed only after them; where the second one does not come
    about, the first one is taken back.

    Raises:
        OSError: the file system refuses; what cannot be taken back stays beside ``place``, in a folder ``.NAME.…``.
    """
    temporary = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    new, old = temporary / "new", temporary / "old"
    try:
        new.mkdir()
        yield new
        if place.exists():
            place.replace(old)
        new.replace(place)
    finally:
        if old.exists() and not place.exists():
            old.replace(place)
        shutil.rmtree(temporary, ignore_errors=True)
