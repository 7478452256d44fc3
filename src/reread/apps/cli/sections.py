"""A command's help in sections; of one with many options it shows the usual ones, and `--help-all` shows all."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

import click

from reread.typing import override

MANY = 40
"""Options of a command from which its help shows the usual ones."""
OWN = "Options"
"""The section of what belongs to a command alone, and of what is asked for first."""
SECTIONS = {
    "Data options": (
        "--task --group --time --weight --label-separator --ordinal-order --loss --loss-weight "
        "--validation --on-bad-rows --rejects --where --format --encoding --separator"
    ),
    "Network options": (
        "--setting --language --vectors --from --keep-labels --pretrain-minutes --unlabelled --test --reduce "
        "--freeze-vectors --dictionary --epochs --batch-size --learning-rate --steps --max-tokens "
        "--class-weights --set"
    ),
    "Answer options": (
        "--no-baseline --answer --fast --calibration --decide --learning-curve --abstain-below --sets --interval "
        "--backend --precision --precision-limit"
    ),
    "Output options": "--out-format --overwrite --resume --report --slice --no-report --log",
    "Common options": "--config --seed --threads --device --quiet --json --help-all --help",
}
UNUSUAL = (
    "--task --time --weight --loss --loss-weight --validation --rejects --format --encoding --separator --setting "
    "--keep-labels --pretrain-minutes --test --reduce --freeze-vectors --dictionary --batch-size --learning-rate "
    "--steps --max-tokens --class-weights --no-baseline --calibration --learning-curve --slice --log"
)
COMMANDS = {
    "Train and answer": {
        "train": "Train on a file of texts with labels or numbers.",
        "evaluate": "Measure a model on rows with labels.",
        "predict": "Answer every row of a file.",
        "explain": "Show which words decided.",
        "verify": "Check that a model folder keeps its promises.",
    },
    "Know your data": {
        "audit": "Look for wrong labels, duplicates and leaks.",
        "drift": "Say whether texts have changed since training.",
        "data": "Name and fetch public data sets.",
    },
    "Few labels": {
        "label": "Label texts on a page in the browser.",
        "agree": "Say how far two people's labels agree.",
        "weak": "Label texts by rules that may err.",
        "pretrain": "Train a network on texts without labels, to start from.",
        "vectors": "Train, fetch and look into word vectors.",
    },
    "Compare and search": {
        "compare": "Compare networks over settings and seeds.",
        "tune": "Search settings, and train the best ones.",
        "recipes": "List the named networks, or print one.",
        "settings": "List what --set takes.",
    },
    "Put to work": {
        "serve": "Answer over HTTP, with a page in the browser.",
        "stream": "Answer messages of a broker as they come.",
        "export": "Write a model as one ONNX file.",
    },
}
"""The commands, in the order in which one comes to need them."""
MEANS_ANOTHER = {"stream": ("--group", "--batch-size")}
"""Options that mean something else in a command than in the others."""


class Sectioned(click.Command):
    """A command whose help has sections."""

    @property
    def has_many(self) -> bool:
        """Whether its options are too many to be shown at once."""
        return len(self.params) > MANY

    @override
    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        *own, shows_help = super().get_params(ctx)
        show_all = click.Option(
            ["--help-all"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            hidden=not self.has_many,
            callback=_show_all,
            help="Show all options, the unusual ones too, and exit.",
        )
        return [*own, show_all, shows_help]

    @override
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.write_options(ctx, formatter, without=UNUSUAL.split() if self.has_many else ())

    def write_options(self, ctx: click.Context, formatter: click.HelpFormatter, *, without: Collection[str]) -> None:
        """Write the sections that have options."""
        sections: dict[str, list[tuple[str, str]]] = {title: [] for title in (OWN, *SECTIONS)}
        for param in self.get_params(ctx):
            name = max(param.opts, key=len)
            record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
            if record is not None and name not in without:
                sections[self.section_of(name)].append(record)
        filled = {title: records for title, records in sections.items() if records}
        for title, records in filled.items():
            with formatter.section(title if len(filled) > 1 else OWN):
                formatter.write_dl(records)

    def section_of(self, name: str) -> str:
        """The section in which an option stands."""
        if name in MEANS_ANOTHER.get(self.name or "", ()):
            return OWN
        return next((title for title, names in SECTIONS.items() if name in names.split()), OWN)


def _show_all(ctx: click.Context, _: click.Parameter, value: Any) -> None:
    command = ctx.command
    if not value or ctx.resilient_parsing or not isinstance(command, Sectioned):
        return
    formatter = ctx.make_formatter()
    command.format_usage(ctx, formatter)
    command.format_help_text(ctx, formatter)
    command.write_options(ctx, formatter, without=())
    click.echo(formatter.getvalue().rstrip("\n"))
    ctx.exit()


command: Callable[[str], Callable[[Callable[..., Any]], Sectioned]] = partial(click.command, cls=Sectioned)
