"""`reread recipes`."""

from __future__ import annotations

from dataclasses import dataclass

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.shared import CommonArguments


@dataclass(frozen=True, kw_only=True)
class RecipesArguments(CommonArguments):
    """What `reread recipes` takes."""

    name: str | None


@sections.command("recipes")
@click.argument("name", required=False, shell_complete=options.recipes_that_begin)
@options.common
@options.takes(RecipesArguments)
def command(arguments: RecipesArguments) -> None:
    """List the named recipes, or print one as a start for one's own.

    Save what is printed as a file, change it, and train by it: reread train DATA --model FILE.toml.

    \b
    Example:
      reread recipes
    """
    from reread.apps.cli.console import print_json, results, rows_table  # noqa: PLC0415
    from reread.recipes import load_recipe, recipe_file, recipe_names  # noqa: PLC0415

    if arguments.name is not None:
        toml = recipe_file(arguments.name)
        if arguments.as_json:
            print_json({"name": arguments.name, "toml": toml})
        else:
            click.echo(toml, nl=False)
        return
    recipes = [load_recipe(name) for name in recipe_names()]
    if arguments.as_json:
        print_json([{"name": recipe.name, "summary": recipe.summary, "source": recipe.source} for recipe in recipes])
        return
    results.print(
        rows_table(
            ("recipe", "what it is", "source"), [(recipe.name, recipe.summary, recipe.source) for recipe in recipes]
        )
    )
