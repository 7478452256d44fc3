"""Where styles, bars and folded tables are: on a terminal, and where the environment asks for them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

pty = pytest.importorskip("pty", reason="a terminal of its own needs Unix")

SAYS = """
from rich.text import Text
from reread.apps.cli.console import errors, results
results.print(Text("head", style="bold red"))
results.print(results.width, results.is_interactive, errors.is_interactive)
"""
OURS = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "COLORTERM", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "TERM"}
BOLD_RED, BOLD, PLAIN = "\x1b[1;31mhead\x1b[0m", "\x1b[1mhead\x1b[0m", "head"


def printed(variables: Mapping[str, str], *, on_terminal: bool) -> list[str]:
    """What a process of its own prints, on a terminal or into a pipe."""
    environment = {key: value for key, value in os.environ.items() if key not in OURS} | {"TERM": "xterm"} | variables
    command = [sys.executable, "-c", SAYS]
    if not on_terminal:
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()
    ours, theirs = pty.openpty()
    try:
        subprocess.run(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, check=True)
        shown = os.read(ours, 4096)
    finally:
        os.close(theirs)
        os.close(ours)
    return shown.decode().splitlines()


@pytest.mark.parametrize(
    ("variables", "head"),
    [
        ({}, BOLD_RED),
        ({"NO_COLOR": "1"}, BOLD),
        ({"NO_COLOR": ""}, BOLD_RED),
        ({"TERM": "dumb"}, PLAIN),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, BOLD),
    ],
)
def test_a_terminal_has_colours_unless_they_are_turned_off(variables: dict[str, str], head: str) -> None:
    dumb = variables.get("TERM") == "dumb"
    shown = printed(variables, on_terminal=True)
    assert shown[0] == head
    assert shown[1].split()[1:] == [str(not dumb)] * 2


@pytest.mark.parametrize(
    ("variables", "head"),
    [
        ({}, PLAIN),
        ({"FORCE_COLOR": ""}, PLAIN),
        ({"FORCE_COLOR": "1"}, BOLD_RED),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, BOLD),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, PLAIN),
    ],
)
def test_a_pipe_has_colours_only_where_they_are_forced_and_never_a_bar(variables: dict[str, str], head: str) -> None:
    assert printed(variables, on_terminal=False) == [head, "200 False False"]
