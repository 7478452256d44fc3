"""The live figures of a training, as lines of JSON for programs that watch it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from reread.apps.cli.console import plain
from reread.errors import ConfigError
from reread.files import no_place
from reread.train.listener import Progress, Silent
from reread.typing import override

SECONDS = 0.5  # between the lines of two steps


class TrainingLog(Silent):
    """Writes what happens to a file as it happens: an object a line, with its kind as ``event``.

    ``note`` has a sentence, ``stage`` what is done now, ``step`` how far the network is (at most two a second),
    ``evaluation`` its figures on the rows held out. ``at``: seconds since the beginning.

    Raises:
        ConfigError: the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open("w", encoding="utf-8", buffering=1)  # until the command ends
        except OSError as error:
            raise ConfigError(no_place(path, error)) from error
        self._began = self._stepped = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @override
    def on_note(self, note: str) -> None:
        self._write("note", note=note)

    @override
    def on_stage(self, stage: str) -> None:
        self._write("stage", stage=stage)

    @override
    def on_step(self, state: Progress, total_steps: int) -> None:
        now = time.monotonic()
        if now - self._stepped >= SECONDS or state.step in {1, total_steps}:
            self._stepped = now
            figures = {"seconds": round(state.seconds, 3), "words": state.words, "loss": state.loss}
            self._write("step", step=state.step, steps=total_steps, **figures)

    @override
    def on_evaluation(self, record: Mapping[str, Any], *, best: bool) -> None:
        self._write("evaluation", **record, kept=best)

    def _write(self, event: str, **values: Any) -> None:
        line = {"event": event, "at": round(time.monotonic() - self._began, 3), **values}
        self._file.write(json.dumps(plain(line), ensure_ascii=True, allow_nan=False, default=float) + "\n")
