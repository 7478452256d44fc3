"""The journal of a study: a file that several processes and machines write to, one at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from filelock import FileLock

from reread.errors import BundleError, ConfigError
from reread.lab.tune.optuna import optuna_

JOURNAL = "journal.log"


class JournalLock:
    """The lock that Optuna's journal asks for; unlike Optuna's own, that of a killed process is free at once."""

    def __init__(self, journal: Path) -> None:
        self._lock = FileLock(journal.with_name(f"{journal.name}.lock"))

    def acquire(self) -> bool:
        """Wait for the lock.

        Raises:
            ConfigError: the folder's file system has no locks.
        """
        try:
            self._lock.acquire()
        except NotImplementedError as error:
            raise ConfigError(
                f"{self._lock.lock_file}: its file system has no locks, which keep two processes off one journal"
            ) from error
        return True

    def release(self) -> None:
        """Let others have it."""
        self._lock.release()


def open_journal(folder: Path) -> Any:
    """Optuna's storage in a folder.

    Raises:
        BundleError: the journal there cannot be read.
    """
    journal, storages = folder / JOURNAL, optuna_().storages
    lock = JournalLock(journal)
    lock.acquire()
    try:
        _cut_torn_line(journal)
    finally:
        lock.release()
    try:
        return storages.JournalStorage(storages.journal.JournalFileBackend(str(journal), lock_obj=lock))
    except (ValueError, KeyError) as error:
        raise BundleError(f"{journal} cannot be read; start afresh with overwrite=True") from error


def _cut_torn_line(journal: Path) -> None:
    """Remove half a line at the end, which a machine that lost power can leave: what it said was not done yet."""
    if not journal.exists():
        return
    content = journal.read_bytes()
    if content and not content.endswith(b"\n"):
        with journal.open("rb+") as file:
            file.truncate(content.rfind(b"\n") + 1)
