"""Files of TOML that people write: whatever is in them, an error is one of ours."""

from __future__ import annotations

import tomllib
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from reread.errors import ConfigError


def read_toml(file: Path | Traversable, name: str) -> dict[str, Any]:
    """The tables of a file.

    Args:
        file: the file.
        name: what it is called in messages.

    Raises:
        ConfigError: it is not valid TOML in UTF-8.
        OSError: it cannot be read.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise ConfigError(f"{name} is not valid TOML: it is nested too deeply") from error
    except ValueError as error:  # of TOML, of UTF-8, or of a number with thousands of digits
        raise ConfigError(f"{name} is not valid TOML: {error}") from error
