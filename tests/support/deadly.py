"""A model that one word kills, and its process with it."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from typing import Any

from reread import load
from reread.apps.stream.opened import Opened
from support.folders import OLD

WORD = "deadly"


def opening() -> Opened:
    """The old model, whose process ends where a text holds the word."""
    model = load(OLD, threads=1)
    whole = model.scores

    def scores(texts: Sequence[str]) -> Any:
        if any(WORD in each for each in texts):
            os.kill(os.getpid(), signal.SIGKILL)
        return whole(texts)

    model.scores = scores  # type: ignore[method-assign,assignment]
    return Opened(model)
