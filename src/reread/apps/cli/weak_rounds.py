"""`reread weak --refine`: the model that learns from the rules, and what each round changed."""

from __future__ import annotations

from collections.abc import Sequence

from reread.apps.cli.arguments.shared import given
from reread.apps.cli.arguments.weak import WeakArguments
from reread.apps.cli.console import errors, results, rows_table
from reread.errors import ConfigError
from reread.recipes import Recipe, load_recipe, recipe_names
from reread.registry import unknown_name
from reread.weak.linear_student import LinearStudent
from reread.weak.refining import Round, Student
from reread.weak.summary import Summary
from reread.wording import number, percent

LINEAR = "linear"


def student_of(arguments: WeakArguments) -> Student | None:
    """The model that learns from the rules; None if nothing is refined.

    Raises:
        ConfigError: a model without rounds, or an unknown recipe.
        MissingExtraError: torch is not installed, and a recipe is named.
    """
    if arguments.refine is None:
        if arguments.refine_with is not None:
            raise ConfigError("--refine-with names a model, but there is no round in which it learns; add --refine 2")
        return None
    if arguments.refine_with in {None, LINEAR}:
        return LinearStudent(seed=arguments.seed or 0, threads=arguments.threads)
    recipe = _recipe(str(arguments.refine_with))
    own = given(seed=arguments.seed, threads=arguments.threads, device=arguments.device)
    from reread.pipeline.weak_student import RecipeStudent  # noqa: PLC0415  # imports torch

    def told(what: str) -> None:
        if not arguments.quiet:
            errors.print(what)

    return RecipeStudent(recipe.with_settings({"training": own}), told=told)


def _recipe(name: str) -> Recipe:
    if not name.endswith(".toml") and name not in recipe_names():
        raise unknown_name("model to refine with", name, [LINEAR, *recipe_names()])
    return load_recipe(name)


def print_rounds(rounds: Sequence[Round], summary: Summary) -> None:
    """What each round changed."""
    header = ["labels", "coverage", "changed"]
    if summary.true_accuracy is not None:
        header += ["true accuracy", "with a vote", "without one"]
    rows = []
    for place, each in enumerate(rounds):
        row = [f"round {place}" if place else "rules", percent(each.labelled / max(summary.rows, 1))]
        row.append(f"{each.changed:,}" if place else "")
        if summary.true_accuracy is not None:
            row += map(number, (each.true_accuracy, each.true_accuracy_with_vote, each.true_accuracy_without_vote))
        rows.append(row)
    results.print()
    results.print(rows_table(header, rows))
