"""What a network's weights are before the first step: one file a start."""

from __future__ import annotations

from typing import Any

from reread.registry import Registry
from reread.train.start.base import Start

starts: Registry[type[Start]] = Registry("start", __name__)


def build_start(name: str, **options: Any) -> Start:
    """A start by its registered name.

    Args:
        name: such as "random" or "vectors".
        options: arrays and settings that it begins with; no folders or files.

    Raises:
        ConfigError: there is no such start.
    """
    return starts.get(name)(**options)


__all__ = ["Start", "build_start", "starts"]
