"""What a shell asks for while a command is typed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def completed(typed: str, word: int) -> list[str]:
    asked = {"_REREAD_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": str(word)}
    command = [sys.executable, "-c", "import sys; sys.argv = ['reread']; from reread.apps.cli import main; main()"]
    done = subprocess.run(command, env={**os.environ, **asked}, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize(
    ("typed", "word", "expected"),
    [
        ("reread eval", 1, ["plain,evaluate"]),
        ("reread data f", 2, ["plain,fetch"]),
        ("reread train a.csv --answ", 3, ["plain,--answer"]),
        ("reread train a.csv --answer lin", 4, ["plain,linear"]),
        ("reread train a.csv --model bilstm", 4, ["plain,bilstm_max"]),
        ("reread recipes newsg", 2, ["plain,newsgroups_lstm"]),
        ("reread train a", 2, ["file,a"]),
        ("reread predict a", 2, ["file,a"]),
    ],
)
def test_commands_options_values_recipes_and_files_are_completed(typed: str, word: int, expected: list[str]) -> None:
    assert completed(typed, word) == expected
