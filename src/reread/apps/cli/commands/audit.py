"""`reread audit`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options
from reread.apps.cli.arguments.audit import AuditArguments

audit_options = options.group(
    click.option("--label", "labels", metavar="COLUMN", multiple=True, help="A column of classes; repeat for several. [default: found by name]"),
    click.option("--target", "targets", metavar="COLUMN", multiple=True, help="A column of numbers; repeat for several."),
    click.option("--label-separator", metavar="TEXT", callback=options.not_empty, help="Splits a label into several: multi-label."),
    click.option("--group", metavar="COLUMN", help="Judge a row by models that have seen none with the same value here."),
    click.option("--with", "predictor", metavar="linear|RECIPE", default="linear", show_default=True, callback=options.not_empty,
                 help="What judges the labels: the linear baseline, or the network of a recipe, which takes much longer."),
    click.option("--folds", type=options.Whole(min=2, max=100), default=5, show_default=True, help="Parts that the rows are dealt out into, each judged by a model of the others."),
    click.option("--similarity", type=options.Number(min=0.5, max=1), default=0.8, show_default=True, help="Share of common word triples that makes two texts near duplicates."),
    click.option("--against", metavar="FILE", callback=options.not_empty, help="Say also how these texts and labels differ from another file's."),
    click.option("--check", "checks", metavar="NAME", multiple=True, help="Do only this check; repeat for several. [default: all]"),
    click.option("--examples", type=options.Whole(min=0), default=3, show_default=True, metavar="N", help="Findings of each check that are shown."),
    click.option("-o", "--out", metavar="FILE", callback=options.not_empty, help="All findings, to look through and correct; the name decides the format."),
    click.option("--on-bad-rows", type=click.Choice(["list", "stop", "set-aside"]), default="list", show_default=True, help="What to do with a row that has no text or no label: it is a finding, an error, or goes to --rejects."),
    click.option("--rejects", type=click.Path(path_type=Path), help="Where rows are set aside."),
)  # fmt: skip


@click.command("audit")
@click.argument("data", nargs=-1, required=True, metavar="FILE...", callback=options.not_empty)
@audit_options
@options.data
@options.common
@options.takes(AuditArguments)
def command(arguments: AuditArguments) -> None:
    """Look for what is wrong with texts and labels: probably wrong labels, duplicates, leaks between files, broken characters.

    Findings are no failure: the exit code is 0.

    \b
    Example:
      reread audit examples/sms_spam/sms_spam.csv.gz -o findings.csv
    """
    from reread.apps.cli.auditing import audit_command  # noqa: PLC0415

    audit_command(arguments)
