"""What is searched: settings of a recipe by their dotted names, and the values that are tried for each."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from reread.errors import ConfigError
from reread.lab.tune import spaces
from reread.lab.tune.kinds import KINDS, Kind
from reread.recipes import Recipe
from reread.recipes.fitting import fit_value
from reread.recipes.spec import ModelSpec, TrainingSettings, VectorSettings
from reread.registry import unknown_name
from reread.text.encoder import TextSettings
from reread.toml import read_toml
from reread.vectors.sources import WORD2VEC, sized_for

SPECS = {"text": TextSettings, "model": ModelSpec, "training": TrainingSettings, "vectors": VectorSettings}
MEASURING = {"training.validation", "training.split_seed", "training.seed"}
CARRYING_OUT = {f"training.{name}" for name in ("minutes", "threads", "device", "engine", "checkpoint_seconds")}
DEFAULT = "default"


@dataclass(frozen=True)
class Space:
    """The kind of values of each setting, by its dotted name, such as ``model.hidden``.

    The recipes that it is asked about have all settings of texts, also those that they leave to the language.
    """

    name: str
    settings: Mapping[str, Kind]

    def without(self, names: Iterable[str]) -> Space:
        """The space without some settings."""
        left_out = set(names)
        return replace(self, settings={name: kind for name, kind in self.settings.items() if name not in left_out})

    def around(self, recipe: Recipe) -> Space:
        """The space with the recipe's own values in it, so that it can be tried as it is.

        Raises:
            ConfigError: a value of the recipe cannot be among those of a kind.
        """
        own = self.values_of(recipe)
        return replace(
            self, settings={name: kind.including(own[name], f"{self.name}: {name}") for name, kind in self._items()}
        )

    def values_of(self, recipe: Recipe) -> dict[str, Any]:
        """The recipe's own values of the settings.

        Raises:
            ConfigError: it has none.
        """
        return {name: _own(recipe, name, self.name) for name in self.settings}

    def applied(self, values: Mapping[str, Any], recipe: Recipe) -> dict[str, dict[str, Any]]:
        """Values as the tables that `Recipe.with_settings` takes; what the recipe has anyway is left out."""
        own, tables = self.values_of(recipe), dict[str, dict[str, Any]]()
        for name, value in values.items():
            if value != own[name]:
                table, top, *deeper = name.split(".")
                settings = tables.setdefault(table, {})
                whole = settings.get(top, _own(recipe, f"{table}.{top}", self.name) if deeper else None)
                settings[top] = _put(whole, deeper, value)
        return _sized(tables)

    def to_config(self) -> dict[str, str]:
        """The space in words, by setting."""
        return {name: f"{type(kind).__name__}: {kind.words()}" for name, kind in self._items()}

    def _items(self) -> Iterator[tuple[str, Kind]]:
        yield from self.settings.items()


def space_of(recipe: str) -> Space:
    """The space that comes with reread for a recipe: the one of its name, or the one for all."""
    files = {file.name: file for file in resources.files(spaces).iterdir()}
    name = recipe if f"{recipe}.toml" in files else DEFAULT
    return _space(read_toml(files[f"{name}.toml"], f"space {name}"), f"space {name}")


def read_space(path: Path) -> Space:
    """The space of a TOML file.

    Raises:
        ConfigError: there is no such file, or it is no space.
    """
    try:
        values = read_toml(path, f"space={path}")
    except FileNotFoundError as error:
        raise ConfigError(f"space={path}: there is no such file") from error
    except OSError as error:
        raise ConfigError(f"space={path} cannot be read: {error.strerror}") from error
    return _space(values, str(path))


def _space(values: Mapping[str, Any], where: str) -> Space:
    settings = {name: _kind(name, leaf, where) for name, leaf in _leaves(values, where)}
    if not settings:
        raise ConfigError(f"{where} names no setting to search; expected such as [model] hidden = {{log = [32, 256]}}")
    return Space(where, settings)


def _leaves(values: Mapping[str, Any], where: str, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Each setting with what is said of it."""
    for key, value in values.items():
        names = (*path, key)
        if not path and key not in SPECS:
            raise unknown_name("table", key, list(SPECS), f"in {where}")
        if isinstance(value, Mapping) and not (len(names) > 1 and len(value) == 1 and next(iter(value)) in KINDS):
            yield from _leaves(value, where, names)
        else:
            yield ".".join(names), value


def _kind(name: str, leaf: Any, where: str) -> Kind:
    if not (isinstance(leaf, Mapping) and "." in name):
        raise ConfigError(f"{where}: {name} = {leaf!r}: expected {' or '.join(f'{{{kind} = […]}}' for kind in KINDS)}")
    if name in MEASURING:
        raise ConfigError(f"{where}: {name} decides how settings are measured, so it cannot be searched; leave it out")
    if name in CARRYING_OUT:
        raise ConfigError(f"{where}: {name} changes no answer by intention, so it cannot be searched; leave it out")
    ((kind, given),) = leaf.items()
    return KINDS[kind].read(given, _fit(name, where), f"{where}: {name}.{kind}")


def _fit(name: str, where: str) -> Callable[[Any, str], Any]:
    """What converts values to the type of a setting."""
    table, top, *deeper = name.split(".")
    hints = typing.get_type_hints(SPECS[table], include_extras=True)
    if top not in hints:
        raise unknown_name("setting", top, sorted(hints), f"in [{table}] of {where}")
    hint = hints[top]
    for _ in deeper:
        if typing.get_origin(hint) is None or not issubclass(typing.get_origin(hint), Mapping):
            raise ConfigError(f"{where}: {name}: {table}.{top} is no table; leave out what follows it")
        hint = typing.get_args(hint)[1]
    optional = types.NoneType in typing.get_args(hint)
    return lambda value, place: None if optional and value == "none" else fit_value(hint, value, place)


def _own(recipe: Recipe, name: str, where: str) -> Any:
    table, top, *deeper = name.split(".")
    found: Any = recipe.text[top] if table == "text" else getattr(getattr(recipe, table), top)
    for key in deeper:
        if key not in found:
            raise ConfigError(f"{where}: {name}: the recipe {recipe.name} has none; set its own value first")
        found = found[key]
    return found


def _sized(tables: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The tables with the length of the word vectors that they name, whatever length was tried."""
    source = tables.get("vectors", {}).get("source")
    if source in {None, WORD2VEC}:
        return tables
    model = {name: value for name, value in tables.get("model", {}).items() if name != "embedding_dim"}
    return sized_for({**tables, "model": model}, source)


def _put(whole: Any, keys: list[str], value: Any) -> Any:
    """A table with one value replaced; the value itself if no keys lead to it."""
    if not keys:
        return value
    return {**whole, keys[0]: _put(whole[keys[0]], keys[1:], value)}
