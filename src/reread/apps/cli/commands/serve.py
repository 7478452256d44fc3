"""`reread serve`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.serve import ServeArguments

address = options.group(
    click.option(
        "--host",
        default="127.0.0.1",
        show_default=True,
        metavar="ADDRESS",
        callback=options.not_empty,
        help="Where it listens; an address that other machines reach needs a token.",
    ),
    click.option(
        "--port",
        type=options.Whole(min=0, max=65535),
        default=8080,
        show_default=True,
        help="Its port; 0: any free one.",
    ),
    click.option(
        "--token-file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Tokens that may ask, one a line. [default: the variable REREAD_TOKEN; without it everyone may]",
    ),
)

life = options.group(
    click.option(
        "--watch",
        is_flag=True,
        help="Answer with a new model as soon as there is one in MODEL, or where its link leads; SIGHUP does it once.",
    ),
    click.option(
        "--shadow",
        type=click.Path(path_type=Path),
        metavar="MODEL2",
        help="A second model answers too, for nobody to wait for; /v1/shadow shows how often the two disagree.",
    ),
    click.option("--shadow-texts", is_flag=True, help="Keep, and show, the texts of some disagreements."),
    click.option(
        "--workers",
        type=options.Whole(min=1, max=256),
        default=1,
        show_default=True,
        help="Processes that answer; they share the port, and the cores unless --threads says otherwise.",
    ),
)


@sections.command("serve")
@click.argument("models", type=click.Path(path_type=Path), metavar="MODEL...", nargs=-1, required=True)
@address
@click.option(
    "--max-wait",
    type=options.Number(min=1),
    default=1000,
    show_default=True,
    metavar="MS",
    help="Milliseconds that a request may have to wait; beyond that it is refused, with the time to try again.",
)
@click.option(
    "--max-time",
    type=options.Number(min=0.001),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="Seconds that an answer may take besides; beyond that there is none.",
)
@click.option(
    "--rate",
    type=options.Number(min=1),
    metavar="TOKENS",
    help="Tokens of text a second that each bearer of a token may ask about; without tokens, all together. "
    "[default: any number]",
)
@click.option(
    "--cors",
    metavar="ORIGIN",
    multiple=True,
    callback=options.not_empty,
    help="A site whose pages may ask, such as https://example.com; repeat for several. [default: none]",
)
@click.option(
    "--work",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Let the page train and label: files that are sent, labels, and the models made of them, stay in FOLDER. "
    "Whoever may ask can then change what is answered. [default: it cannot]",
)
@click.option(
    "--training",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="With --work: options of reread train for what the page trains, as its --config reads them.",
)
@click.option(
    "--examples",
    metavar="FILE",
    help="The file that MODEL was trained on, or a like one: the page shows its texts that are most like the one that "
    "is typed. Whoever may ask can see them. [default: those that --work has]",
)
@life
@options.answer
@options.scoring
@options.common
@options.takes(ServeArguments)
def command(arguments: ServeArguments) -> int:
    """Answer texts over HTTP, until Ctrl-C or SIGTERM; requests that were taken are answered.

    It prints its address when it is ready. POST /v1/predict takes {"text": "..."} or {"texts": ["..."]}.

    \b
    Example:
      reread serve spam.reread --port 8080
    """
    from reread.apps.cli.serving import serve  # noqa: PLC0415

    return serve(arguments)
