"""Options that several commands share; a command lists the groups it takes.

Options left out are None, so that a TOML file (`--config`) can fill them before the defaults do.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from reread.errors import ConfigError
from reread.registry import unknown_name

F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[F], F]


def group(*decorators: Decorator[Any]) -> Decorator[Any]:
    """Several options as one decorator, in the order they are shown."""

    def apply(function: Any) -> Any:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return apply


def _read_config(ctx: click.Context, _: click.Parameter, value: Path | None) -> Path | None:
    """Take the options of a TOML file as defaults: what stands on the command line wins."""
    if value is None:
        return None
    try:
        values = tomllib.loads(value.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"--config {value}: there is no such file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"--config {value} is no valid TOML: {error}") from error
    except OSError as error:
        raise ConfigError(f"--config {value} cannot be read: {error.strerror}") from error
    known = sorted(parameter.name for parameter in ctx.command.params if parameter.name and parameter.name != "config")
    for key in values:
        if key not in known:
            raise unknown_name(f"option in {value}", key, known)
    ctx.default_map = {**(ctx.default_map or {}), **values}
    return value


common = group(
    click.option("--config", type=click.Path(path_type=Path), is_eager=True, expose_value=False, callback=_read_config,
                 help="Read options from this TOML file; what stands on the command line wins."),
    click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of everything random."),
    click.option("--threads", type=click.IntRange(min=1), help="Threads of the network's arithmetic. [default: one a core]"),
    click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True, help="Where training runs; a model folder answers on the CPU."),
    click.option("--quiet", is_flag=True, help="Print results and errors only."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output."),
)  # fmt: skip

data = group(
    click.option("--text", metavar="COLUMN", help="The column with the texts. [default: found by name]"),
    click.option("--where", metavar="COLUMN=VALUE", multiple=True, help="Use only the rows with this value; repeat to narrow further."),
    click.option("--format", "file_format", metavar="NAME", help="csv, tsv, jsonl, parquet, arrow or txt. [default: by the file's name]"),
    click.option("--encoding", metavar="NAME", help="The text's encoding. [default: found out]"),
)  # fmt: skip


def parse_where(values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """``COLUMN=VALUE`` texts as pairs.

    Raises:
        ConfigError: a text without an equals sign.
    """
    pairs = [value.partition("=") for value in values]
    for value, (_, sign, _) in zip(values, pairs, strict=True):
        if not sign:
            raise ConfigError(f'--where "{value}": expected COLUMN=VALUE')
    return tuple((column, wanted) for column, _, wanted in pairs)
