"""The recipe that the options of `reread train` ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reread.apps.cli.arguments.shared import given
from reread.apps.cli.arguments.train import TrainArguments
from reread.apps.cli.config_file import in_one_place
from reread.errors import ConfigError
from reread.pipeline.origin import read_origin
from reread.pipeline.origin import sized_for as sized_for_origin
from reread.recipes import Recipe, load_recipe, parse_settings
from reread.vectors.sources import sized_for


def recipe_of(arguments: TrainArguments) -> Recipe:
    """The recipe that ``--model`` names, trained as ``--setting`` has it, with the settings of the other options.

    Raises:
        ConfigError: a recipe or a setting that does not exist, or a value that it cannot have.
    """
    recipe = load_recipe(arguments.recipe)
    if arguments.setting:
        recipe = recipe.under(load_recipe(arguments.setting))
    return recipe.with_settings(setting_tables(arguments))


def setting_tables(arguments: TrainArguments) -> dict[str, dict[str, Any]]:
    """The tables of settings that `Recipe.with_settings` reads: those of ``--set``, replaced by single options.

    Raises:
        ConfigError: a ``--set`` is no assignment, or the dictionary cannot be read.
        DataError: the word vectors cannot be found.
        MissingExtraError: they come with a package that is not installed.
        BundleError: the pretrained network cannot be read.
    """
    tables = parse_settings(arguments.settings)
    tables["training"] = {**tables.get("training", {}), **_training(arguments)}
    if arguments.reduce is not None:
        tables["model"] = {**tables.get("model", {}), "embedding_dim": arguments.reduce}
    vectors = given(source=arguments.vectors, frozen=arguments.freeze_vectors or None, reduce=arguments.reduce)
    tables["vectors"] = {**tables.get("vectors", {}), **vectors}
    text = tables.setdefault("text", {})
    if arguments.dictionary:
        options = text.get("segmenter_options", {})
        text["segmenter"] = text.get("segmenter", "chinese")
        text["segmenter_options"] = {**options, "dictionary": read_dictionary(arguments.dictionary)}
    if arguments.pretrained is not None:
        return sized_for_origin(tables, read_origin(arguments.pretrained))
    return sized_for(tables, tables["vectors"].get("source"))


def _training(arguments: TrainArguments) -> dict[str, Any]:
    """The settings of the training that have options."""
    both = arguments.epochs is not None and arguments.steps is not None
    earliest = both and in_one_place(("epochs", "steps"), click.get_current_context())
    return given(
        epochs=arguments.epochs,
        steps=arguments.steps,
        minutes=arguments.minutes,
        batch_size=arguments.batch_size,
        learning_rate=arguments.learning_rate,
        max_tokens=arguments.max_tokens,
        validation=arguments.validation,
        class_weights=arguments.class_weights,
        seed=arguments.seed,
        threads=arguments.threads,
        device=arguments.device,
        earliest=earliest or None,
    )


def read_dictionary(path: Path) -> list[str | list[str | int]]:
    """Words, one a line, each alone or with a count after a space.

    Raises:
        ConfigError: the file is not there, is not UTF-8, or a line is neither.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError as error:
        raise ConfigError(f"--dictionary {path}: there is no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"--dictionary {path} cannot be read as UTF-8 text: {error}") from error
    words: list[str | list[str | int]] = []
    for number, line in enumerate(lines, start=1):
        match line.split():
            case []:
                pass
            case [word]:
                words.append(word)
            case [word, count, *_] if count.isdecimal():
                words.append([word, int(count)])
            case _:
                raise ConfigError(
                    f'--dictionary {path}, line {number}: "{line}"; expected a word, or a word and a count'
                )
    return words
