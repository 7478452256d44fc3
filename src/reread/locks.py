"""Locks on pieces of work, in a folder that several processes and machines may share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from reread.errors import ConfigError


@contextmanager
def lock(folder: Path, name: str, *, wait: bool = False) -> Iterator[bool]:
    """Hold a piece of work while the context lasts; False if another process holds it, unless ``wait`` is set.

    The lock belongs to the operating system: it ends with the process that holds it, however that ends.

    Raises:
        ConfigError: the folder's file system has no locks.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{name}.lock")
    try:
        lock.acquire(timeout=-1 if wait else 0)
    except Timeout:
        yield False
        return
    except NotImplementedError as error:
        raise ConfigError(f"{folder}: its file system has no locks, which keep two processes off one run") from error
    try:
        yield True
    finally:
        lock.release()
