"""Which messages end the process that answers them: they are tried in one of its own."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence
from multiprocessing import get_context

from reread.apps.stream.messages import Message
from reread.apps.stream.opened import Opened
from reread.apps.stream.scoring import score_batch
from reread.errors import RereadError

UNKNOWN = 3  # the exit code of one that could not try


def deadly(messages: Sequence[Message], openings: Sequence[Callable[[], Opened]]) -> list[bool]:
    """Which messages end a process that answers them: all are tried together, and halves of those that end it.

    Args:
        messages: at least one.
        openings: what opens each model that answers; they are pickled.
    """
    if _is_survived(messages, openings):
        return [False] * len(messages)
    if len(messages) == 1:
        return [True]
    half = len(messages) // 2
    return [*deadly(messages[:half], openings), *deadly(messages[half:], openings)]


def _is_survived(messages: Sequence[Message], openings: Sequence[Callable[[], Opened]]) -> bool:
    process = get_context("spawn").Process(target=_try, args=(messages, openings), daemon=True)
    process.start()
    process.join()
    return process.exitcode in {0, UNKNOWN}


def _try(messages: Sequence[Message], openings: Sequence[Callable[[], Opened]]) -> None:
    for name in (signal.SIGINT, signal.SIGTERM):  # they are meant for the command, which waits for this
        signal.signal(name, signal.SIG_IGN)
    for opening in openings:
        try:
            model = opening().model
        except (RereadError, OSError):  # a model that is being replaced
            sys.exit(UNKNOWN)
        score_batch(model, messages)
