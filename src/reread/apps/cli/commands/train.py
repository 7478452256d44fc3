"""`reread train`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.train import WatchedTrainArguments
from reread.apps.cli.invocation import Invocation
from reread.apps.cli.options import ANSWERS

CALIBRATION = "temperature"  # of reread.scoring.calibration, whose import --help can do without

data_options = options.group(
    click.option(
        "--label",
        "labels",
        metavar="COLUMN",
        multiple=True,
        help="A column of classes; repeat for a joint model. [default: found by name]",
    ),
    click.option(
        "--target",
        "targets",
        metavar="COLUMN",
        multiple=True,
        help="A column of numbers: regression; repeat for a joint model. [default: found by name if no label is]",
    ),
    click.option(
        "--task", help="classification, multilabel, ordinal, regression or joint. [default: by the target's values]"
    ),
    click.option("--group", metavar="COLUMN", help="Keep rows with the same value on one side of the split."),
    click.option("--time", "time_column", metavar="COLUMN", help="Hold out the latest rows by this column."),
    click.option("--weight", metavar="COLUMN", help="Column with the weight of each row."),
    click.option(
        "--label-separator",
        metavar="TEXT",
        callback=options.not_empty,
        help="Splits a label into several: multi-label.",
    ),
    click.option("--ordinal-order", metavar="A,B,C", help="Classes from lowest to highest: ordinal."),
    click.option("--loss", help="Loss of regression: squared, absolute, huber or quantile."),
    click.option(
        "--loss-weight",
        "loss_weights",
        metavar="NAME=W",
        multiple=True,
        help="Weight of a target's loss in a joint model.",
    ),
    click.option(
        "--validation",
        type=options.Number(min=0, max=1, min_open=True, max_open=True),
        help="Share of the rows to hold out. [default: a tenth, at most 20,000 rows; other recipes: 0.1]",
    ),
    click.option(
        "--on-bad-rows",
        type=click.Choice(["stop", "set-aside"]),
        default="stop",
        show_default=True,
        help=(
            "What to do with a row without a text or a label, or that cannot be read. Rows without labels that are "
            "set aside are named, and are not in the file of rejects."
        ),
    ),
    click.option(
        "--rejects",
        type=click.Path(path_type=Path),
        help="File for the rows set aside; an older one is replaced. [default: beside the model]",
    ),
)

training_options = options.group(
    options.recipe("A recipe's name or a TOML file; see reread recipes."),
    click.option("--setting", metavar="RECIPE", help="Take all settings but [model] from another recipe."),
    options.language,
    click.option(
        "--vectors",
        metavar="word2vec|NAME|FILE",
        callback=options.not_empty,
        help="Start from word vectors: trained on the texts, named (reread vectors list), or read from a file.",
    ),
    click.option(
        "--from",
        "pretrained",
        metavar="FOLDER",
        callback=options.not_empty,
        help="Start from a model, or from a network of reread pretrain: its words, sizes and weights.",
    ),
    click.option(
        "--keep-labels",
        is_flag=True,
        help="With --from MODEL: its labels are classes too, and its answers are learned from; DATA needs some of "
        "their rows.",
    ),
    click.option(
        "--pretrain-minutes",
        type=options.Number(min=0, min_open=True),
        metavar="M",
        help="First train the network for M minutes to predict words, on the texts of the training rows and of "
        "--unlabelled; start from that.",
    ),
    click.option(
        "--unlabelled",
        metavar="FILE",
        multiple=True,
        callback=options.not_empty,
        help=(
            "Texts without labels: word2vec and the linear member learn from them, or what settings say "
            "(docs/train.md); repeat for several files."
        ),
    ),
    options.left_out_files(
        "Texts that will measure the model: they are left out of --unlabelled. Labels are not read."
    ),
    click.option(
        "--reduce", type=options.Whole(min=1), metavar="N", help="Keep N principal components of the vectors."
    ),
    click.option(
        "--freeze-vectors",
        is_flag=True,
        help=(
            "Do not train the vectors; --set training.parts.embedding={learning_rate=R} trains them at a separate rate."
        ),
    ),
    click.option(
        "--dictionary",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Extra words for the chinese segmenter, one a line, each with an optional count after a space.",
    ),
    options.pace(
        epochs="Passes over the rows, during which the learning rate falls. With --steps, "
        "training stops at whichever comes first. [default: the recipe's]",
        batch_size="Texts in each step. [default: the recipe's]",
    ),
    click.option("--steps", type=options.Whole(min=1), help="Stop after this many steps."),
    click.option(
        "--max-tokens",
        type=options.Whole(min=1),
        help="Use only the first tokens of each text; what is left out is counted.",
    ),
    click.option("--class-weights", metavar="balanced", help="Give rare classes more weight."),
    options.settings("Any setting of a recipe, such as model.hidden=64."),
    click.option("--no-baseline", is_flag=True, help="Do not train the linear member: the network answers alone."),
    click.option(
        "--answer",
        type=click.Choice(ANSWERS),
        default=ANSWERS[0],
        show_default=True,
        help=(
            "What answers: the linear member and as much of the network as the rows held out show to be better "
            "(stack), or one of them alone."
        ),
    ),
    click.option(
        "--calibration",
        metavar="METHOD",
        default=CALIBRATION,
        show_default=True,
        help=(
            "How probabilities are calibrated on the rows held out: temperature, which changes no answer, "
            "isotonic or none."
        ),
    ),
    click.option(
        "--decide",
        metavar="RULE",
        callback=options.not_empty,
        help=(
            "Rule that sets the decision threshold on the rows held out, for each label, "
            "or for the second of two classes in the order of their columns: f1, precision=0.9 or cost=10:1 "
            "(missed:alarm). [default: a threshold of 0.5]"
        ),
    ),
    click.option(
        "--learning-curve",
        is_flag=True,
        help="Also measure what more labels would bring, by training the linear member on parts of the rows.",
    ),
    options.out(
        "The model folder. [default: the data file's name + .reread]",
        kind="FOLDER",
        overwrite="Replace an existing model folder.",
    ),
    options.resume,
)


@sections.command("train")
@click.argument("data", type=options.FILE, nargs=-1, required=True, metavar="DATA...", callback=options.not_empty)
@data_options
@options.data
@training_options
@options.report
@click.option(
    "--log",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write notes, stages, steps and evaluations to FILE as they come, a JSON object a line.",
)
@options.common
@options.takes(WatchedTrainArguments)
def command(arguments: WatchedTrainArguments) -> None:
    """Train a linear model and a network on the texts and labels of a file; answer with the stack of both.

    The folder's report.html shows how good it is, on what, and where it fails.

    \b
    Example:
      reread train examples/sms_spam/sms_spam.csv.gz -o spam.reread
    """
    import reread.pipeline.fit  # noqa: F401, PLC0415  # first of all: without torch it names the extra to install
    from reread.apps.cli.training import train  # noqa: PLC0415  # imports torch

    train(arguments, Invocation.current())
