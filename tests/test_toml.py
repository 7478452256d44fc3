from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reread.apps.cli.commands.train import command
from reread.errors import ConfigError
from reread.lab.experiments.experiment import read_experiment
from reread.lab.tune.space import read_space
from reread.recipes import load_recipe, parse_settings
from reread.weak import read_rules

READERS: list[Callable[[Path], object]] = [
    lambda path: command.make_context("train", ["texts.csv", "--config", str(path)]),
    lambda path: load_recipe(str(path)),
    read_rules,
    read_space,
    read_experiment,
]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"a = " + b"[" * 5000, "nested too deeply"),
        (b"a = " + b"9" * 5000, "digits"),
        (b"\xff", "utf-8"),
        (b"a = ]", "line 1"),
    ],
)
def test_whatever_a_file_holds_it_is_said_to_be_no_toml(
    tmp_path: Path, read: Callable[[Path], object], content: bytes, problem: str
) -> None:
    path = tmp_path / "odd.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=rf"odd\.toml is not valid TOML: .*{problem}") as caught:
        read(path)
    assert "\n" not in str(caught.value)


def test_a_setting_that_is_no_toml_is_a_text() -> None:
    assert parse_settings(["model.cell=" + "[" * 5000]) == {"model": {"cell": "[" * 5000}}
