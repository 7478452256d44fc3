"""How the command was called."""

from __future__ import annotations

import shlex
from typing import NamedTuple

import click


class Invocation(NamedTuple):
    """How the command was called: `time.monotonic` when it began, and what was typed after ``reread``."""

    started: float
    arguments: tuple[str, ...]

    @classmethod
    def current(cls) -> Invocation:
        """That of the command that runs."""
        invocation: Invocation = click.get_current_context().obj
        return invocation

    def command(self) -> str:
        """The command as a shell takes it."""
        return shlex.join(["reread", *self.arguments])
