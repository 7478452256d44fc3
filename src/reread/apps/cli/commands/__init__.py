"""One file a command; each defines `command`. A plugin adds one by `add`."""

from __future__ import annotations

import click

added: dict[str, click.Command] = {}
"""The commands of plugins, by name."""


def add(command: click.Command) -> click.Command:
    """Add the command of a plugin.

    Raises:
        ConfigError: it has no name, or that of a command that is there.
    """
    import pkgutil  # noqa: PLC0415  # for plugins alone

    from reread.errors import ConfigError  # noqa: PLC0415

    if not command.name or command.name in {*added, *(each.name for each in pkgutil.iter_modules(__path__))}:
        raise ConfigError(f'command "{command.name}" is there already')
    added[command.name] = command
    return command
