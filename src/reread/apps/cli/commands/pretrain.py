"""`reread pretrain`."""

from __future__ import annotations

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.pretrain import PretrainArguments
from reread.apps.cli.invocation import Invocation

PREDICT, CANDIDATES = "auto", 300  # of reread.pipeline.pretraining_plan, whose import --help can do without

pretraining_options = options.group(
    options.recipe("The recipe whose network is trained, by name or as a TOML file; see reread recipes."),
    options.language,
    options.left_out_files("Texts that will measure the model: they are left out. Labels are not read."),
    options.pace(
        epochs="Passes over the texts, during which the learning rate falls. [default: 5]",
        batch_size="Stretches of text in each step. [default: the recipe's]",
    ),
    click.option(
        "--predict",
        metavar="auto|next|bag",
        default=PREDICT,
        show_default=True,
        help="What each state predicts: the next word, or which words are among the next ones (bag); auto: bags where "
        "texts have at most 50 tokens on average.",
    ),
    click.option(
        "--bag-size",
        type=options.Whole(min=1),
        metavar="N",
        help="How many words each state predicts, as a bag. [default: 20]",
    ),
    click.option(
        "--candidates",
        type=options.Whole(min=1),
        default=CANDIDATES,
        show_default=True,
        metavar="N",
        help="Among how many words, drawn for each step, a word is predicted.",
    ),
    options.settings(
        "Any setting of model, text or training, such as model.hidden=64; training.window cuts the texts."
    ),
    options.out(
        "The folder of the network. [default: the data file's name + .pretrained]",
        kind="FOLDER",
        overwrite="Replace an existing folder.",
    ),
    options.resume,
)


@sections.command("pretrain")
@click.argument("data", type=options.FILE, nargs=-1, required=True, metavar="DATA...", callback=options.not_empty)
@options.data
@pretraining_options
@options.common
@options.takes(PretrainArguments)
def command(arguments: PretrainArguments) -> None:
    """Train a network to predict words, forward and backward, on the texts of files; labels are not read.

    reread train DATA --from FOLDER starts from it.

    \b
    Example:
      reread pretrain examples/sms_spam/sms_spam.csv.gz -o sms.pretrained
    """
    import reread.pipeline.fit  # noqa: F401, PLC0415  # first of all: without torch it names the extra to install
    from reread.apps.cli.pretraining import pretrain  # noqa: PLC0415  # imports torch

    pretrain(arguments, Invocation.current())
