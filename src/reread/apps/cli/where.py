"""What `--where` asks for."""

from __future__ import annotations

from collections.abc import Sequence

from reread.errors import ConfigError


def parse_where(assignments: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """``COLUMN=VALUE`` texts as pairs.

    Raises:
        ConfigError: a text has no equals sign.
    """
    pairs = [assignment.partition("=") for assignment in assignments]
    for assignment, (_, sign, _) in zip(assignments, pairs, strict=True):
        if not sign:
            raise ConfigError(f'--where "{assignment}": expected COLUMN=VALUE')
    return tuple((column, wanted) for column, _, wanted in pairs)
