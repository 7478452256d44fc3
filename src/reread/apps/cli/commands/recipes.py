"""`reread recipes`."""

from __future__ import annotations

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.shared import CommonArguments


@sections.command("recipes")
@options.common
@options.takes(CommonArguments)
def command(arguments: CommonArguments) -> None:
    """List the named recipes, what each one is, and where it comes from.

    \b
    Example:
      reread recipes
    """
    from reread.apps.cli.console import print_json, results, rows_table  # noqa: PLC0415
    from reread.recipes import load_recipe, recipe_names  # noqa: PLC0415

    recipes = [load_recipe(name) for name in recipe_names()]
    if arguments.as_json:
        print_json([{"name": recipe.name, "summary": recipe.summary, "source": recipe.source} for recipe in recipes])
        return
    results.print(
        rows_table(
            ("recipe", "what it is", "source"), [(recipe.name, recipe.summary, recipe.source) for recipe in recipes]
        )
    )
