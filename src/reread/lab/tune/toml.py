"""Settings as ``--set`` reads them: ``model.hidden=64``, the value in one line of TOML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reread.recipes import parse_settings


def assignments(tables: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """The tables that `Recipe.with_settings` takes, one text a setting; `parse_settings` is the inverse."""
    return tuple(
        _assignment(f"{table}.{name}", value) for table, each in tables.items() for name, value in each.items()
    )


def _assignment(name: str, value: Any) -> str:
    """One setting; a text without quotes, unless TOML would take it for something else."""
    table, _, key = name.partition(".")
    bare = f"{name}={value}"
    as_it_is = isinstance(value, str) and parse_settings([bare])[table][key] == value
    return bare if as_it_is else f"{name}={inline(value)}"


def inline(value: Any) -> str:
    """A value in one line of TOML; none, which TOML lacks, as settings write it."""
    if value is None:
        return '"none"'
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{json.dumps(key)} = {inline(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(inline, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str | bool) else repr(value)
