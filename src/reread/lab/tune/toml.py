"""Settings as ``--set`` reads them: ``model.hidden=64``, the value in one line of TOML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def assignments(tables: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """The tables that `Recipe.with_settings` takes, one text a setting; `parse_settings` is the inverse."""
    return tuple(
        f"{table}.{name}={value if isinstance(value, str) else inline(value)}"
        for table, settings in tables.items()
        for name, value in settings.items()
    )


def inline(value: Any) -> str:
    """A value in one line of TOML; none, which TOML lacks, as settings write it."""
    if value is None:
        return '"none"'
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{json.dumps(key)} = {inline(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(inline, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str | bool) else repr(value)
