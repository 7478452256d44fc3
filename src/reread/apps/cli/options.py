"""Options that several commands share; a command lists the groups it takes.

Options left out are None, so that a TOML file (`--config`) can fill them before the defaults do.
"""

from __future__ import annotations

import math
import shlex
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click
from click.core import ParameterSource

from reread.errors import ConfigError
from reread.recipes.fitting import MOST_THREADS, SEEDS
from reread.registry import unknown_name
from reread.typing import override

F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[F], F]
CONFIG = "reread.config"
"""Where click's context keeps the file that --config names."""
CHOSEN = "chosen"
"""A table of run.toml: what the machine decided. It asks for nothing."""


class Invocation(NamedTuple):
    """How the command was called: `time.monotonic` when it began, and what was typed after ``reread``."""

    started: float
    arguments: tuple[str, ...]

    def command(self) -> str:
        """The command as a shell takes it."""
        return shlex.join(["reread", *self.arguments])


OVERRULED: Mapping[str, Mapping[str, Any]] = {
    "epochs": {"steps": None},
    "labels": {"targets": (), "task": None},
    "targets": {"labels": (), "task": None},
}
"""Options that, typed, take the place of others that a TOML file names."""


def typed_wins(values: Mapping[str, Any], ctx: click.Context) -> dict[str, Any]:
    """The options without those of a TOML file that others, which were typed, take the place of."""
    typed = {name for name in values if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    gone = [others for name, others in OVERRULED.items() if name in typed]
    return {**values, **{name: none for others in gone for name, none in others.items() if name not in typed}}


def asked_together(values: Mapping[str, Any], names: Sequence[str], ctx: click.Context) -> bool:
    """Whether all of these options were given, and in one place: all typed, or all in a TOML file."""
    return all(values[name] is not None for name in names) and len({*map(ctx.get_parameter_source, names)}) == 1


def group(*decorators: Decorator[Any]) -> Decorator[Any]:
    """Several options as one decorator, in the order they are shown."""

    def apply(function: Any) -> Any:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return apply


class Whole(click.IntRange):
    """A whole number."""

    name = "integer"


class Number(click.FloatRange):
    """A finite number."""

    name = "number"

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{number} is not a finite number.", param, ctx)
        return number


def not_empty(ctx: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Refuse a value that is an empty text, or several with an empty one."""
    if value == "" or (isinstance(value, tuple) and "" in value):
        raise click.BadParameter("it is empty; expected at least one character.", ctx, parameter)
    return value


def config_keys(command: click.Command) -> dict[str, click.Parameter]:
    """The names by which a TOML file gives a command's options: the long ones, with underscores."""
    keys = {max(parameter.opts, key=len).lstrip("-").replace("-", "_"): parameter for parameter in command.params}
    return {key: parameter for key, parameter in keys.items() if key != "config"}


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
    known = config_keys(ctx.command)
    defaults = {}
    for key, given in values.items():
        if key == CHOSEN and isinstance(given, dict):
            continue
        if key not in known:
            raise unknown_name(f"option in {value}", key, sorted(known))
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


common = group(
    click.option("--config", type=click.Path(path_type=Path), is_eager=True, expose_value=False, callback=_read_config,
                 help="Read options from this TOML file; what stands on the command line wins."),
    click.option("--seed", type=Whole(min=0, max=SEEDS - 1), help="Of everything random. [default: 0]"),
    click.option("--threads", type=Whole(min=1, max=MOST_THREADS), help="Threads of the network's arithmetic. [default: one a core]"),
    click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), help="Where training runs; a model folder answers on the CPU. [default: auto]"),
    click.option("--quiet", is_flag=True, help="Print results and errors only."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output."),
)  # fmt: skip

data = group(
    click.option("--text", metavar="COLUMN", help="The column with the texts. [default: found by name]"),
    click.option("--where", metavar="COLUMN=VALUE", multiple=True, help="Use only the rows with this value; repeat to narrow further."),
    click.option("--format", "file_format", metavar="NAME", help="csv, tsv, jsonl, parquet, arrow or txt. [default: by the file's name]"),
    click.option("--encoding", metavar="NAME", help="The text's encoding. [default: found out]"),
)  # fmt: skip

scoring = group(
    click.option("--backend", type=click.Choice(["auto", "kernel", "onnx"]), default="auto", show_default=True,
                 help="What runs the network: the compiled kernel, ONNX Runtime, or the kernel where it can."),
    click.option("--precision", type=click.Choice(["float32", "bfloat16", "int8", "auto"]), default="float32", show_default=True,
                 help="Of the kernel's products. Lower ones change some answers and are faster on most processors; auto: the fastest here that changes few enough."),
)  # fmt: skip


report = group(
    click.option("--slice", "slices", metavar="COLUMN", multiple=True, callback=not_empty, help="Show in the report how good it is by this column; repeat for several."),
    click.option("--no-report", is_flag=True, help="Write no report.html."),
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
