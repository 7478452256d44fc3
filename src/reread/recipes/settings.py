"""What `--set` takes: every setting with its type, its default, and what it is."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import re
import typing
from collections.abc import Iterator
from typing import Any, NamedTuple

from reread.recipes.fitting import words_of
from reread.recipes.spec import ModelSpec, TrainingSettings, VectorSettings


class Setting(NamedTuple):
    """One setting.

    Attributes:
        name: as `--set` takes it, such as model.hidden.
        takes: the values that it may have, in words.
        default: what it is where a recipe says nothing, as TOML has it.
        about: what it is; empty where the name says it.
    """

    name: str
    takes: str
    default: str
    about: str


def settings_of(table: str, kind: type[Any]) -> Iterator[Setting]:
    """The settings of a table, from the dataclass that holds them."""
    hints = typing.get_type_hints(kind, include_extras=True)
    empty = kind()
    about = _from_attributes(kind) | _from_docstring(kind)
    for each in dataclasses.fields(kind):
        default = getattr(empty, each.name)
        takes = words_of(hints[each.name]).replace(" and below 2**63", "")
        yield Setting(f"{table}.{each.name}", takes, _shown(default), about.get(each.name, ""))


def recipe_settings() -> list[Setting]:
    """The settings of a recipe's network, training and vectors."""
    tables = {"model": ModelSpec, "training": TrainingSettings, "vectors": VectorSettings}
    return [setting for table, kind in tables.items() for setting in settings_of(table, kind)]


def _from_attributes(kind: type[Any]) -> dict[str, str]:
    """The text that stands under each field."""
    (definition,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(definition, ast.ClassDef)  # noqa: S101  # what the source of a class is
    texts, name = {}, ""
    for line in definition.body:
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            name = line.target.id
        elif name and isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant):
            texts[name] = " ".join(str(line.value.value).split())
    return texts


def _from_docstring(kind: type[Any]) -> dict[str, str]:
    """The texts under "Attributes:"."""
    listed = inspect.cleandoc(kind.__doc__ or "").partition("\nAttributes:\n")[2]
    entries = re.split(r"^    (\w+): ", listed, flags=re.MULTILINE)[1:]
    return {name: " ".join(text.split()) for name, text in zip(entries[::2], entries[1::2], strict=True)}


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, dict):
        return "{}" if not value else str(value)
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False, default=str)
