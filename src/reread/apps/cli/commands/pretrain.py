"""`reread pretrain`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options
from reread.apps.cli.arguments.pretrain import PretrainArguments
from reread.apps.cli.invocation import Invocation
from reread.recipes import DEFAULT

CANDIDATES = 1_000  # of reread.pipeline.pretraining, whose import --help can do without

pretraining_options = options.group(
    click.option(
        "--model",
        "recipe",
        default=DEFAULT,
        show_default=True,
        metavar="RECIPE",
        help="The recipe whose network is trained, by name or as a TOML file; see reread recipes.",
    ),
    click.option(
        "--language",
        help="zh, or en, fr, de …: two letters, of languages with spaces between words. [default: found by script]",
    ),
    click.option(
        "--test",
        metavar="FILE",
        multiple=True,
        callback=options.not_empty,
        help="Texts that will measure the model: they are left out. Labels are not read.",
    ),
    click.option(
        "--epochs",
        type=options.Whole(min=1),
        help="Passes over the texts, during which the learning rate falls. [default: 5]",
    ),
    click.option(
        "--minutes",
        type=options.Number(min=0, min_open=True),
        help="Time limit of the whole command; decimals are allowed.",
    ),
    click.option("--batch-size", type=options.Whole(min=1), help="Stretches of text in each step."),
    click.option("--learning-rate", type=options.Number(min=0, min_open=True), help="[default: the recipe's]"),
    click.option(
        "--candidates",
        type=options.Whole(min=1),
        default=CANDIDATES,
        show_default=True,
        metavar="N",
        help="Among how many words, drawn for each step, a word is predicted.",
    ),
    click.option(
        "--set",
        "settings",
        metavar="TABLE.SETTING=VALUE",
        multiple=True,
        help="Any setting of model, text or training, such as model.hidden=64; training.window cuts the texts.",
    ),
    click.option(
        "-o",
        "--out",
        type=click.Path(path_type=Path),
        metavar="FOLDER",
        help="The folder of the network. [default: the data file's name + .pretrained]",
    ),
    click.option("--overwrite", is_flag=True, help="Replace an existing folder."),
    click.option("--resume", is_flag=True, help="Continue an interrupted run."),
)


@click.command("pretrain")
@click.argument("data", nargs=-1, required=True, metavar="DATA...", callback=options.not_empty)
@options.data
@pretraining_options
@options.common
@options.takes(PretrainArguments)
def command(arguments: PretrainArguments) -> None:
    """Train a network as a language model, forward and backward, on the texts of files; labels are not read.

    reread train DATA --from FOLDER starts from it.

    \b
    Example:
      reread pretrain examples/sms_spam/sms_spam.csv.gz -o sms.pretrained
    """
    import reread.pipeline.fit  # noqa: F401, PLC0415  # first of all: without torch it names the extra to install
    from reread.apps.cli.pretraining import pretrain  # noqa: PLC0415  # imports torch

    pretrain(arguments, Invocation.current())
