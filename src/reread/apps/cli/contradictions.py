"""Options of `reread train` and `reread tune` that contradict each other whatever the rows are."""

from __future__ import annotations

from pathlib import Path

from reread.apps.cli.arguments.train import TrainArguments
from reread.apps.cli.planning import column_request, loss_weights, plan_before_rows
from reread.errors import ConfigError
from reread.pipeline.checks import check_plan
from reread.pipeline.keeping import check_origin, keeping
from reread.pipeline.learning_curves import check_learning_curve
from reread.pipeline.origin import check_fits, read_origin
from reread.pipeline.pretrain_first import check_pretraining
from reread.pipeline.self_training import check_self_training
from reread.pipeline.unlabelled import check_unlabelled, for_unlabelled
from reread.pipeline.vectors import check_vectors
from reread.recipes import Recipe


def check_options(arguments: TrainArguments, recipe: Recipe, kept: Path | None = None) -> None:
    """Refuse what cannot be trained, before anything is read.

    Args:
        arguments: the options.
        recipe: what they make of the recipe.
        kept: the file of an interrupted run's vectors, if it is resumed.

    Raises:
        ConfigError: options contradict each other, or the network cannot be built.
        DataError: there are no such word vectors.
        MissingExtraError: they come with a package that is not installed.
    """
    targets = column_request(arguments).targets
    loss_weights(arguments.loss_weights, [target.name for target in targets])
    kinds = {target.kind for target in targets}
    if arguments.loss and "number" not in kinds:
        raise ConfigError(
            f"--loss {arguments.loss}: it is for regression; name a column of numbers with --target, or leave it out"
        )
    if arguments.label_separator and "label" not in kinds:
        raise ConfigError(
            f'--label-separator "{arguments.label_separator}": it splits labels, and there are only targets of '
            "numbers; leave it out"
        )
    if arguments.test and not arguments.unlabelled:
        raise ConfigError("--test names texts to leave out of --unlabelled FILE, which is not there; leave --test out")
    plan = for_unlabelled(keeping(plan_before_rows(arguments, recipe)), given=bool(arguments.unlabelled))
    recipe = plan.recipe
    check_plan(plan)
    check_learning_curve(plan)
    check_unlabelled(plan, given=bool(arguments.unlabelled))
    check_pretraining(plan)
    check_self_training(plan)
    check_vectors(recipe, kept)
    if arguments.pretrained is not None:
        origin = read_origin(arguments.pretrained)
        check_origin(plan, origin)
        check_fits(recipe, origin, arguments.language)
