"""Progress as a line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable

from reread.train.listener import Note

NOTE_SECONDS = 10.0


def progress_notes(note: Note, what: str, things: str) -> Callable[[int, int], None]:
    """What takes how much is done of how much, and notes it about every ten seconds: "WHAT: 12% of 3,456 THINGS"."""
    last = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= NOTE_SECONDS:
            last = time.monotonic()
            note(f"{what}: {done / total:.0%} of {total:,} {things}")

    return report
