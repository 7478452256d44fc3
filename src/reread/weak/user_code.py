"""Python files of the user's, which rules may name."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from traceback import extract_tb
from types import ModuleType
from typing import Any

from reread.errors import ConfigError

_OURS = Path(__file__).parent


def run_file(path: Path) -> Mapping[str, Any]:
    """The names that a Python file defines; nothing is written beside it.

    Raises:
        ConfigError: there is no such file, or it fails.
    """
    name = f"reread rules {path.resolve()}"  # no import finds it by accident
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); expected a Python file") from error
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module  # dataclasses look there
    try:
        exec(compile(source, path, "exec"), vars(module))  # noqa: S102  # the user asks for it
    except BaseException as error:
        del sys.modules[name]
        if not isinstance(error, Exception):
            raise
        raise ConfigError(f"{path}: fails with {described(error)}") from error
    return vars(module)


def described(error: Exception) -> str:
    """An error of the user's code in one line, with the line of code where it arose."""
    words = " ".join(str(error).split())
    theirs = [frame for frame in extract_tb(error.__traceback__) if not Path(frame.filename).is_relative_to(_OURS)]
    line = f" in line {theirs[-1].lineno} of {Path(theirs[-1].filename).name}" if theirs else ""
    return f"{type(error).__name__}{f': {words}' if words else ''}{line}"
