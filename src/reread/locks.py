"""Locks on pieces of work, in a folder that several processes and machines may share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from reread.errors import ConfigError


@contextmanager
def lock(folder: Path, name: str, *, wait: bool = False, tidy: bool = False) -> Iterator[bool]:
    """Hold a piece of work while the context lasts; False if another process holds it, unless ``wait`` is set.

    The lock belongs to the operating system: it ends with the process that holds it, however that ends. Its file stays,
    unless ``tidy`` is set.

    Raises:
        ConfigError: the folder's file system has no locks.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{name}.lock", thread_local=False)  # the context may end in another thread
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
        if tidy:
            with suppress(OSError):  # Windows removes it with the lock
                Path(lock.lock_file).unlink()  # before the release: who has opened it meanwhile sees that it is gone
        lock.release()
