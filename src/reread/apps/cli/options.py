"""Options that several commands share; a command lists the groups it takes.

Options left out are None, so that a TOML file (`--config`) can fill them before the defaults do.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from reread.apps.cli.config_file import read_config
from reread.recipes import DEFAULT
from reread.recipes.fitting import MOST_THREADS, SEEDS
from reread.typing import override

F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[F], F]
A = TypeVar("A")
R = TypeVar("R")


def takes(kind: Callable[..., A]) -> Callable[[Callable[[A], R]], Callable[..., R]]:
    """Hand a command its parameters as one dataclass, whose fields have their names."""

    def decorate(function: Callable[[A], R]) -> Callable[..., R]:
        @functools.wraps(function)
        def command(**parameters: Any) -> R:
            return function(kind(**parameters))

        return command

    return decorate


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


FILE = click.Path(readable=False)
"""A name that is looked at later, for which a shell completes the names of files."""


def recipes_that_begin(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """What a shell completes where a recipe is named: names, and files."""
    from reread.recipes import recipe_names  # noqa: PLC0415  # --help can do without

    names = [CompletionItem(name) for name in recipe_names() if name.startswith(begun)]
    return names or [CompletionItem(begun, type="file")]


common = group(
    click.option(
        "--config",
        type=click.Path(path_type=Path),
        is_eager=True,
        expose_value=False,
        callback=read_config,
        help="Read options from this TOML file; those on the command line take precedence.",
    ),
    click.option("--seed", type=Whole(min=0, max=SEEDS - 1), help="Seed of all random numbers. [default: 0]"),
    click.option(
        "--threads",
        type=Whole(min=1, max=MOST_THREADS),
        help="Threads for the network's arithmetic. [default: one per core]",
    ),
    click.option(
        "--device",
        type=click.Choice(["auto", "cpu", "cuda"]),
        help="Device for training; a model folder answers on the CPU. [default: auto]",
    ),
    click.option("--quiet", is_flag=True, help="Print results and errors only."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output."),
)

data = group(
    click.option("--text", metavar="COLUMN", help="The column with the texts. [default: found by name]"),
    click.option(
        "--where",
        metavar="COLUMN=VALUE",
        multiple=True,
        help="Use only the rows with this value; repeat to combine conditions.",
    ),
    click.option(
        "--format",
        "file_format",
        metavar="NAME",
        help="csv, tsv, jsonl, parquet, arrow, xlsx or txt. [default: by the file's name]",
    ),
    click.option("--encoding", metavar="NAME", help="The file's encoding. [default: detected]"),
    click.option(
        "--separator",
        metavar="CHARACTER",
        callback=lambda _ctx, _parameter, value: "\t" if value == r"\t" else value,
        help=r"What stands between two fields of CSV: a character, or \t. [default: found in the header]",
    ),
)

language = click.option(
    "--language",
    help="zh, or en, fr, de …: two letters, of languages with spaces between words. [default: found by script]",
)


def recipe(what: str) -> Decorator[Any]:
    """The option that names a recipe."""
    return click.option(
        "--model",
        "recipe",
        default=DEFAULT,
        show_default=True,
        metavar="RECIPE",
        shell_complete=recipes_that_begin,
        help=what,
    )


def left_out_files(what: str) -> Decorator[Any]:
    """Files whose texts are not learned from."""
    return click.option("--test", metavar="FILE", multiple=True, callback=not_empty, help=what)


def pace(*, epochs: str, batch_size: str) -> Decorator[Any]:
    """How long and how fast a network learns; with the help of two of these options."""
    return group(
        click.option("--epochs", type=Whole(min=1), help=epochs),
        click.option(
            "--minutes",
            type=Number(min=0, min_open=True),
            help="Time limit of the whole command; decimals are allowed.",
        ),
        click.option("--batch-size", type=Whole(min=1), help=batch_size),
        click.option("--learning-rate", type=Number(min=0, min_open=True), help="[default: the recipe's]"),
    )


def settings(what: str) -> Decorator[Any]:
    """Any setting by its name."""
    return click.option("--set", "settings", metavar="TABLE.SETTING=VALUE", multiple=True, help=what)


def out(what: str, *, kind: str, overwrite: str) -> Decorator[Any]:
    """Where a command writes, and whether it may replace something there."""
    return group(
        click.option("-o", "--out", type=click.Path(path_type=Path), metavar=kind, help=what),
        click.option("--overwrite", is_flag=True, help=overwrite),
    )


resume = click.option("--resume", is_flag=True, help="Continue an interrupted run; --minutes may differ.")

scoring = group(
    click.option(
        "--backend",
        type=click.Choice(["auto", "kernel", "onnx"]),
        default="auto",
        show_default=True,
        help=(
            "What runs the network: the compiled kernel or ONNX Runtime; auto: the kernel if it can, else ONNX Runtime."
        ),
    ),
    click.option(
        "--precision",
        type=click.Choice(["float32", "bfloat16", "int8", "auto"]),
        default="float32",
        show_default=True,
        help=(
            "Precision of the kernel's matrix products. Lower ones change some answers and are faster on most "
            "processors; auto: the fastest on this machine within the limit of changed answers."
        ),
    ),
)


report = group(
    click.option(
        "--slice",
        "slices",
        metavar="COLUMN",
        multiple=True,
        callback=not_empty,
        help="Break the report's figures down by this column; repeat for several.",
    ),
    click.option("--no-report", is_flag=True, help="Write no report.html."),
)

ANSWERS = ("stack", "network", "linear")  # as reread.bundle has them, whose import --help can do without

ray = click.option(
    "--ray",
    metavar="auto|HOST:PORT",
    callback=not_empty,
    help=(
        "Work on the machines of this Ray cluster; auto: the one that this machine belongs to. All of them see the "
        "same files under the same paths."
    ),
)
answer = group(
    click.option(
        "--answer",
        type=click.Choice(ANSWERS),
        help="What answers: the stack of linear member and network, or one of them alone. [default: as in training]",
    ),
    click.option(
        "--fast",
        is_flag=True,
        help=(
            "Answer with the linear member or the network alone, and say which, where that was as good as the stack on "
            "the rows held out of training, within one standard error."
        ),
    ),
)


port_of_page = click.option(
    "--port",
    type=Whole(min=0, max=65535),
    default=8080,
    show_default=True,
    help="The page's port on this machine; no other machine reaches it. 0: any free one.",
)
