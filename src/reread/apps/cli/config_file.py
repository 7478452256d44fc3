"""Options from a TOML file (`--config`), and written as one; those on the command line take precedence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from reread.apps.cli.arguments.shared import CommonArguments
from reread.apps.cli.former import successor
from reread.errors import ConfigError
from reread.registry import unknown_name
from reread.toml import read_toml

Arguments = TypeVar("Arguments", bound=CommonArguments)
CONFIG = "reread.config"
"""Where click's context keeps the file that --config names."""
CHOSEN = "chosen"
"""A table of run.toml with the machine's choices; it is ignored when the file is read."""
OVERRULED: Mapping[str, Mapping[str, Any]] = {
    "epochs": {"steps": None},
    "labels": {"targets": (), "task": None},
    "targets": {"labels": (), "task": None},
}
"""Options that, on the command line, replace others of a TOML file."""


def typed_wins(arguments: Arguments, ctx: click.Context) -> Arguments:
    """The options without those of a TOML file that options on the command line replace."""

    def typed(name: str) -> bool:
        return ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE

    gone = [others for name, others in OVERRULED.items() if typed(name)]
    return replace(arguments, **{name: none for others in gone for name, none in others.items() if not typed(name)})


def in_one_place(names: Sequence[str], ctx: click.Context) -> bool:
    """Whether all of these options come from one place: the command line, or a TOML file."""
    return len({*map(ctx.get_parameter_source, names)}) == 1


def config_keys(command: click.Command) -> dict[str, click.Parameter]:
    """The names by which a TOML file gives a command's options: the long ones, with underscores."""
    keys = {max(parameter.opts, key=len).lstrip("-").replace("-", "_"): parameter for parameter in command.params}
    return {key: parameter for key, parameter in keys.items() if key != "config"}


def read_config(ctx: click.Context, _: click.Parameter, value: Path | None) -> Path | None:
    """Take the options of a TOML file as defaults; those on the command line take precedence."""
    if value is None:
        return None
    try:
        values = read_toml(value, f"--config {value}")
    except FileNotFoundError as error:
        raise ConfigError(f"--config {value}: there is no such file") from error
    except OSError as error:
        raise ConfigError(f"--config {value} cannot be read: {error.strerror}") from error
    known = config_keys(ctx.command)
    defaults = {}
    for key, given in values.items():
        if key == CHOSEN and isinstance(given, dict):
            continue
        instead = successor(ctx.info_name, key)
        if instead:
            raise ConfigError(f'--config {value}: the option "{key}" is gone; remove its line, and pass {instead}')
        if key not in known:
            raise unknown_name("option", key, sorted(known), f"in {value}")
        defaults[known[key].name] = _config_value(f"--config {value}: {key} = {given!r}", known[key], given)
    ctx.meta[CONFIG] = value
    ctx.default_map = {**(ctx.default_map or {}), **defaults}
    return value


def _config_value(place: str, parameter: click.Parameter, value: Any) -> Any:
    """What TOML holds, in the form that the command line would give it."""
    if isinstance(parameter, click.Option) and parameter.is_flag:
        if isinstance(value, bool):
            return value
        raise ConfigError(f"{place}: expected true or false")
    several = parameter.multiple or parameter.nargs == -1
    values = value if several and isinstance(value, list) else [value]
    if any(isinstance(item, bool | list | dict) for item in values):
        raise ConfigError(f"{place}: expected {'a list of texts' if several else 'one text or number'}")
    return [str(item) for item in values] if several else str(value)


def as_config(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options of the command that runs, by the names of their parameters → as `--config` reads them.

    Options that are missing or empty are left out.
    """
    keys = config_keys(click.get_current_context().command)
    given = {key: options.get(parameter.name) for key, parameter in keys.items() if parameter.name}
    return {key: _as_toml(value) for key, value in given.items() if value is not None and value != ()}


def _as_toml(value: Any) -> Any:
    """An option's value in the form that TOML has for it."""
    return list(value) if isinstance(value, tuple) else str(value) if isinstance(value, Path) else value
