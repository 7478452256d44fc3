"""Options that commands had in the past, and what to pass instead."""

from __future__ import annotations

from collections.abc import Mapping

_ANSWER = {"blend": "--answer stack", "network": "--answer network", "baseline": "--answer linear"}
FORMER: Mapping[str, Mapping[str, str]] = {
    "train": {"blend": "--answer stack, the default"},
    "predict": _ANSWER,
    "evaluate": _ANSWER,
}
"""By command, the name of each without its dashes."""


def successor(command: str | None, option: str) -> str | None:
    """What took the place of a command's option; None: it never had it."""
    return FORMER.get(command or "", {}).get(option.lstrip("-").replace("-", "_"))
