"""Files of rules: TOML, or Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reread.errors import ConfigError
from reread.registry import unknown_name
from reread.toml import read_toml
from reread.weak.rules import Rule, Rules
from reread.weak.user_code import run_file


def read_rules(path: str | Path) -> Rules:
    """The rules of a TOML file, or of a Python file with the names ``classes`` and ``rules``, which is run.

    Raises:
        ConfigError: the file cannot be read, or its rules cannot be used.
    """
    file = Path(path)
    classes, rules = _from_python(file) if file.suffix == ".py" else _from_toml(file)
    return Rules(classes, rules, source=str(path), folder=file.parent)


def _from_python(path: Path) -> tuple[Any, Sequence[Rule]]:
    names = run_file(path)
    for name in ("classes", "rules"):
        if name not in names:
            raise ConfigError(
                f'{path} defines no {name}; expected such as classes = ["neg", "pos"], rules = [Rule(...)]'
            )
    rules = names["rules"]
    if not isinstance(rules, list | tuple) or not all(isinstance(rule, Rule) for rule in rules):
        raise ConfigError(f"{path}: rules: expected a list of reread.weak.Rule")
    return names["classes"], rules


def _from_toml(path: Path) -> tuple[Any, Sequence[Rule]]:
    try:
        values = read_toml(path, str(path))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); name a file of rules") from error
    for key in values:
        if key not in {"classes", "rule"}:
            raise unknown_name("key", key, ["classes", "rule"], f"in {path}")
    if "classes" not in values:
        raise ConfigError(f'{path} lacks classes; expected such as classes = ["neg", "pos"]')
    tables = values.get("rule", [])
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        raise ConfigError(f"{path}: rule: expected tables that begin with [[rule]]")
    for number, table in enumerate(tables, 1):
        if "name" not in table:
            raise ConfigError(f"{path}: rule {number} lacks a name")
    return values["classes"], [Rule(**table) for table in tables]
