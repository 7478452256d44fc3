"""`reread stream`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.stream import StreamArguments

topics = options.group(
    click.option(
        "--broker",
        required=True,
        metavar="URL",
        callback=options.not_empty,
        help="The broker: redis://, nats://, amqp:// (RabbitMQ) or kafka://, with USER:PASSWORD@ where it asks for "
        "them; encrypted: rediss://, tls:// (NATS), amqps://, kafka+ssl://.",
    ),
    click.option(
        "--ca-file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Certificates in PEM that vouch for the broker's. [default: those that this machine trusts]",
    ),
    click.option(
        "--in",
        "source",
        required=True,
        metavar="TOPIC",
        callback=options.not_empty,
        help="Where messages come from; it is made if it is not there.",
    ),
    click.option(
        "--out", required=True, metavar="TOPIC", callback=options.not_empty, help="Where answers are published."
    ),
    click.option(
        "--dead-letters",
        metavar="TOPIC",
        callback=options.not_empty,
        help="Where messages without an answer go, with the reason. [default: the name of --out with .dead]",
    ),
    click.option(
        "--group",
        default="reread",
        show_default=True,
        metavar="NAME",
        callback=options.not_empty,
        help="Commands of one group share the messages; each group gets all.",
    ),
)

comparisons = options.group(
    click.option(
        "--shadow",
        type=click.Path(path_type=Path),
        metavar="MODEL2",
        help="A second model answers too; answers that it does not agree with are published with its own.",
    ),
    click.option(
        "--shadow-topic",
        metavar="TOPIC",
        callback=options.not_empty,
        help="Where disagreements go. [default: the name of --out with .shadow]",
    ),
    click.option(
        "--drift",
        type=options.Whole(min=1),
        metavar="EVERY",
        help="After so many texts publish whether they are still like those of training, as reread drift says it.",
    ),
    click.option(
        "--drift-topic",
        metavar="TOPIC",
        callback=options.not_empty,
        help="Where these reports go. [default: the name of --out with .drift]",
    ),
)


@sections.command("stream")
@click.argument("model", type=click.Path(path_type=Path), metavar="MODEL")
@topics
@comparisons
@click.option(
    "--asyncapi",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="Write what would come and go, with examples, as an AsyncAPI document, and end. -: standard output.",
)
@click.option(
    "--batch-size",
    type=options.Whole(min=1, max=65536),
    default=256,
    show_default=True,
    help="Messages that are answered together, at most.",
)
@click.option(
    "--claim-after",
    type=options.Number(min=0.1, max=1e6),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="Messages of a command that has died are answered by others after this time.",
)
@click.option(
    "--watch", is_flag=True, help="Answer with a new model as soon as there is one in MODEL, or where its link leads."
)
@click.option(
    "--metrics", metavar="[HOST:]PORT", help="Answer Prometheus at /metrics there. [default: not; HOST is 127.0.0.1]"
)
@options.answer
@options.scoring
@options.common
@options.takes(StreamArguments)
def command(arguments: StreamArguments) -> int:
    """Answer messages as they come, until Ctrl-C or SIGTERM; what was taken is finished.

    A message is a JSON object with id and text; an answer has its id, prediction, probabilities and model. Each message
    is answered at least once: it is acknowledged after its answer is published. The variable
    REREAD_BROKER_PASSWORD may hold a password that is not in the URL.

    \b
    Example:
      reread stream spam.reread --broker redis://127.0.0.1:6379 --in texts --out answers
    """
    from reread.apps.cli.streaming import stream  # noqa: PLC0415

    return stream(arguments)
