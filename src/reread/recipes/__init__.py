"""Recipes: named settings of whole systems, one TOML file each."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any

from reread.errors import ConfigError
from reread.recipes.spec import ModelSpec, TrainingSettings, VectorSettings, spec_from
from reread.registry import unknown_name
from reread.toml import read_toml

DEFAULT = "standard"
TABLES = ("text", "vectors", "model", "training", "task")
TEXTS = ("base", "summary", "source")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One system: what it is, where it comes from, and its settings.

    Attributes:
        text: settings of the path from text to ids that differ from the language's defaults.
        task: options of the task, such as the loss.
    """

    name: str
    summary: str = ""
    source: str = ""
    model: ModelSpec = field(default_factory=ModelSpec)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    text: Mapping[str, Any] = field(default_factory=dict)
    task: Mapping[str, Any] = field(default_factory=dict)
    vectors: VectorSettings = field(default_factory=VectorSettings)

    def with_settings(self, tables: Mapping[str, Mapping[str, Any]]) -> Recipe:
        """The recipe with other values in its ``text``, ``vectors``, ``model``, ``training`` and ``task`` tables.

        ``epochs`` replace the recipe's ``steps``, ``least_steps`` and ``pretrained_epochs_factor``. The tables of
        ``parts`` are merged setting by setting; an empty one removes what the recipe has there.

        Raises:
            ConfigError: a table or a setting does not exist, or a value has the wrong type.
        """
        for name in tables:
            if name not in TABLES:
                raise unknown_name("table of settings", name, list(TABLES))
        training = tables.get("training", {})
        if "epochs" in training:  # an explicit number of epochs replaces a recipe's steps
            training = {"steps": None, "least_steps": 0, "pretrained_epochs_factor": 1.0, **training}
        if "parts" in training:
            training = {**training, "parts": _merged_parts(self.training.parts, training["parts"])}
        return replace(
            self,
            model=spec_from(ModelSpec, {**vars(self.model), **tables.get("model", {})}, "model"),
            training=spec_from(TrainingSettings, {**vars(self.training), **training}, "training"),
            vectors=spec_from(VectorSettings, {**vars(self.vectors), **tables.get("vectors", {})}, "vectors"),
            text={**self.text, **tables.get("text", {})},
            task={**self.task, **tables.get("task", {})},
        )

    def under(self, setting: Recipe) -> Recipe:
        """This recipe's network with the text and training settings of another recipe.

        This compares models under the same conditions.
        """
        return replace(setting, name=self.name, summary=self.summary, source=self.source, model=self.model)


def _merged_parts(own: Mapping[str, Any], given: Any) -> Any:
    """The settings of a network's parts, with others over them; what is no table of tables is left to be refused."""
    if not isinstance(given, Mapping) or not all(isinstance(table, Mapping) for table in given.values()):
        return given
    merged = {part: {**own.get(part, {}), **table} if table else {} for part, table in given.items()}
    return {**own, **merged} if given else {}


def parse_settings(assignments: Iterable[str]) -> dict[str, dict[str, Any]]:
    """``model.hidden=64`` texts as tables; values are TOML, bare words are strings.

    More dots name a setting inside a table: ``training.parts.head.learning_rate=0.1``.

    Raises:
        ConfigError: a text has another form.
    """
    tables: dict[str, dict[str, Any]] = {}
    for assignment in assignments:
        path, sign, value = assignment.partition("=")
        names = path.strip().split(".")
        if not sign or len(names) < 2 or not all(names):
            raise ConfigError(f'setting "{assignment}": expected TABLE.SETTING=VALUE, such as model.hidden=64')
        table, *above, key = names
        place: dict[str, Any] = tables.setdefault(table, {})
        for name in above:
            if not isinstance(place.setdefault(name, {}), dict):
                raise ConfigError(f'setting "{assignment}": {name} has a value already; give it once')
            place = place[name]
        place[key] = _toml_value(value.strip())
    return tables


def _toml_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def recipe_names() -> list[str]:
    """The names of all recipes that come with reread, sorted."""
    return sorted(
        file.name.removesuffix(".toml") for file in resources.files(__name__).iterdir() if file.name.endswith(".toml")
    )


def load_recipe(name: str) -> Recipe:
    """Read a recipe by name, or from the path of a TOML file.

    Raises:
        ConfigError: there is no such recipe, or a setting in it does not exist.
    """
    if name.endswith(".toml"):
        return _read(Path(name).stem, Path(name))
    return _named(name)


def recipe_file(name: str) -> str:
    """The TOML of a recipe that comes with reread.

    Raises:
        ConfigError: there is none of this name.
    """
    if name not in recipe_names():
        raise unknown_name("recipe", name, recipe_names())
    return resources.files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")


def _named(name: str) -> Recipe:
    if name not in recipe_names():
        raise unknown_name("recipe", name, recipe_names())
    return _read(name, resources.files(__name__).joinpath(f"{name}.toml"))


def _read(name: str, file: Any) -> Recipe:
    """The recipe of a file: its settings over those of the recipe that it names as its base."""
    values = _values(name, file)
    base = values.get("base")
    start = Recipe(name=name) if base is None else _named(base)
    recipe = start.with_settings({table: values[table] for table in TABLES if table in values})
    return replace(recipe, name=name, summary=values.get("summary", ""), source=values.get("source", recipe.source))


def _values(name: str, file: Any) -> dict[str, Any]:
    try:
        values = read_toml(file, f"recipe {file}")
    except FileNotFoundError as error:
        raise ConfigError(
            f"no recipe file {file}; recipes that come with reread: {', '.join(recipe_names())}"
        ) from error
    except OSError as error:
        raise ConfigError(f"recipe {file} cannot be read: {error.strerror}") from error
    known = {*TEXTS, *TABLES}
    for key, value in values.items():
        if key not in known:
            raise unknown_name("table", key, sorted(known), f"in recipe {name}")
        if not isinstance(value, Mapping if key in TABLES else str):
            expected = f"a table, [{key}]" if key in TABLES else "a text"
            raise ConfigError(f"recipe {file}: {key} = {value!r}: expected {expected}")
    return values
