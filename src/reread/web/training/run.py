"""One training in a child process: how far it is, and how it ended."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from reread.wording import metric_rows

CHILD = "reread.web.training.child"
GRACE = 20.0  # seconds that a training may take to keep what it learned, when it is cancelled
SAID = 2000  # characters of what it said last
NOTES = 20


class Figures(msgspec.Struct):
    """How good a model is on the rows held out: columns, and a row for each figure, its name first."""

    columns: list[str]
    rows: list[list[str]]


class Progress(msgspec.Struct):
    """How far a training is.

    Attributes:
        stage: what is done now.
        step: of the network's steps that were made.
        steps: there are at most.
        left: seconds that these take at most; None: not known yet.
        evaluations: on rows held out, so far: step, loss and figures.
        notes: what was said, the newest last.
    """

    stage: str = "starting"
    step: int = 0
    steps: int = 0
    left: float | None = None
    evaluations: list[dict[str, Any]] = []
    notes: list[str] = []


class Training:
    """A command `reread train`, from its start to its end.

    Args:
        out: the model folder that it writes.
        spoken: words as the page may say them, such as without places on this machine.

    Attributes:
        state: running, done, failed or cancelled.
        why: it failed.
        figures: how good the model is.
    """

    def __init__(self, out: Path, spoken: Callable[[str], str] = str) -> None:
        self.out, self._spoken = out, spoken
        self.state: Literal["running", "done", "failed", "cancelled"] = "running"
        self.why: str | None = None
        self.figures: Figures | None = None
        self.seconds: float | None = None
        self._log, self._partial = out.with_suffix(".log.jsonl"), out.with_name(f"{out.name}.partial")
        self._log.unlink(missing_ok=True)  # that of what is resumed
        self._read = 0
        self._progress = Progress()
        self._process: asyncio.subprocess.Process | None = None
        self._cancelled = False

    async def run(self, data: Path, options: Sequence[str]) -> None:
        """Train, until the end.

        Args:
            data: the file.
            options: further ones of the command.
        """
        given = [str(data), f"--out={self.out}", f"--log={self._log}", "--on-bad-rows=set-aside", "--json", *options]
        environment = {name: value for name, value in os.environ.items() if name != "REREAD_TOKEN"}
        pipe = asyncio.subprocess.PIPE
        self._process = process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", CHILD, "train", *given),
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env=environment,
            start_new_session=True,  # Ctrl-C is the server's to hear
        )
        if process.stdout is None or process.stderr is None:
            raise RuntimeError("a process without pipes")
        if self._cancelled and process.stdin is not None:  # before it had begun
            process.stdin.close()
        try:
            said, errors, code = await asyncio.gather(process.stdout.read(), _last(process.stderr), process.wait())
        finally:
            if process.returncode is None:
                process.kill()
        await asyncio.to_thread(self._follow)
        self._end(said, errors, code)

    async def cancel(self) -> None:
        """Stop it; what was learned is kept in the folder."""
        process = self._process
        self._cancelled = process is None or process.returncode is None
        if process is None or process.returncode is not None or process.stdin is None:
            return
        process.stdin.close()
        try:
            async with asyncio.timeout(GRACE):
                await process.wait()
        except TimeoutError:
            process.kill()

    @property
    def resumable(self) -> bool:
        """Whether it was stopped, and what was learned is kept."""
        return self.state in {"cancelled", "failed"} and self._partial.is_dir()

    def forget(self) -> None:
        """Remove what a stopped training has learned."""
        if self.resumable:
            shutil.rmtree(self._partial, ignore_errors=True)

    def progress(self) -> Progress:
        """How far it is now; reads the end of its log."""
        self._follow()
        return self._progress

    def _end(self, said: bytes, errors: bytes, code: int) -> None:
        if self._cancelled:
            self.state = "cancelled"
        elif code != 0:
            lines = [line for line in errors.decode("utf-8", "replace").splitlines() if line.strip()]
            why = lines[-1].removeprefix("reread: ") if lines else f"the training ended with the exit code {code}"
            self.state, self.why = "failed", self._spoken(why)
        else:
            summary = json.loads(said)
            sides = {"stack" if summary["baseline"] else "network": "validation", "linear baseline": "baseline"}
            columns = {name: summary[key] for name, key in sides.items() if summary[key]}
            self.figures = Figures(list(columns), metric_rows(columns))
            self.state, self.seconds = "done", summary["seconds"]

    def _follow(self) -> None:
        try:
            with self._log.open("rb") as log:
                log.seek(self._read)
                new = log.read()
        except FileNotFoundError:
            return
        whole = new.rpartition(b"\n")[0]
        self._read += len(whole) + (1 if whole else 0)
        for line in whole.splitlines():
            self._take(json.loads(line))

    def _take(self, line: dict[str, Any]) -> None:
        now = self._progress
        match line.pop("event"):
            case "stage":
                now.stage, now.left = self._spoken(line["stage"]), None
            case "note":
                now.notes = [*now.notes, self._spoken(line["note"])][-NOTES:]
            case "step":
                now.stage, now.step, now.steps = "training the network", line["step"], line["steps"]
                now.left = line["seconds"] / line["step"] * (line["steps"] - line["step"])
            case "evaluation":
                now.evaluations = [*now.evaluations, line]


async def _last(stream: asyncio.StreamReader) -> bytes:
    """The last of what a stream says."""
    end = b""
    while piece := await stream.read(1 << 16):
        end = (end + piece)[-SAID:]
    return end
