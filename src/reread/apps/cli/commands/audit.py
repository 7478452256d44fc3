"""`reread audit`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.audit import AuditArguments

audit_options = options.group(
    click.option(
        "--label",
        "labels",
        metavar="COLUMN",
        multiple=True,
        help="A column of classes; repeat for several. [default: found by name]",
    ),
    click.option(
        "--target", "targets", metavar="COLUMN", multiple=True, help="A column of numbers; repeat for several."
    ),
    click.option(
        "--label-separator",
        metavar="TEXT",
        callback=options.not_empty,
        help="Splits a label into several: multi-label.",
    ),
    click.option(
        "--group", metavar="COLUMN", help="Judge each row by models trained without the rows that share its value here."
    ),
    click.option(
        "--with",
        "predictor",
        metavar="linear|RECIPE",
        default="linear",
        show_default=True,
        callback=options.not_empty,
        help=(
            "The model that judges the labels: the linear baseline, or the network of a recipe, "
            "which takes much longer."
        ),
    ),
    click.option(
        "--folds",
        type=options.Whole(min=2, max=100),
        default=5,
        show_default=True,
        help="Number of parts the rows are split into; each part is judged by a model trained on the others.",
    ),
    click.option(
        "--similarity",
        type=options.Number(min=0.5, max=1),
        default=0.8,
        show_default=True,
        help="Share of word triples in common from which two texts are near duplicates.",
    ),
    click.option(
        "--against",
        metavar="FILE",
        callback=options.not_empty,
        help="Compare these texts and labels with those of another file.",
    ),
    click.option(
        "--check",
        "checks",
        metavar="NAME",
        multiple=True,
        help="Run only this check; repeat for several. [default: all]",
    ),
    click.option(
        "--examples",
        type=options.Whole(min=0),
        default=3,
        show_default=True,
        metavar="N",
        help="Findings to show for each check.",
    ),
    click.option(
        "-o",
        "--out",
        metavar="FILE",
        callback=options.not_empty,
        help="File for all findings, to review and correct; its name sets the format, an older one is replaced.",
    ),
    click.option(
        "--on-bad-rows",
        type=click.Choice(["list", "stop", "set-aside"]),
        default="list",
        show_default=True,
        help=(
            "What to do with a row without a text or a label: list it as a finding, stop with an error, "
            "or set it aside in --rejects."
        ),
    ),
    click.option(
        "--rejects", type=click.Path(path_type=Path), help="File for the rows set aside; an older one is replaced."
    ),
)


@sections.command("audit")
@click.argument("data", type=options.FILE, nargs=-1, required=True, metavar="FILE...", callback=options.not_empty)
@audit_options
@options.data
@options.common
@options.takes(AuditArguments)
def command(arguments: AuditArguments) -> None:
    """Look for problems in texts and labels: labels that are probably wrong, duplicates, leaks, broken characters.

    Leaks are texts that occur in more than one file. Findings are not a failure: the exit code is 0.

    \b
    Example:
      reread audit examples/sms_spam/sms_spam.csv.gz -o findings.csv
    """
    from reread.apps.cli.auditing import audit_command  # noqa: PLC0415

    audit_command(arguments)
