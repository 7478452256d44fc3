"""The folder that keeps what was fetched."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path


def default_folder(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """Where fetched files are kept: $REREAD_CACHE, else ``reread`` in the user's cache folder."""
    env = os.environ if environment is None else environment
    if env.get("REREAD_CACHE"):
        return Path(env["REREAD_CACHE"])
    usual = env.get("LOCALAPPDATA") if platform == "win32" else env.get("XDG_CACHE_HOME")
    return (Path(usual) if usual else Path.home() / ".cache") / "reread"
