from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from reread.recipes import load_recipe, parse_settings, recipe_names
from support.command_line import Command

TABLES = ("text", "model", "training", "vectors")


def test_every_setting_is_listed_with_its_default_which_is_taken_again(reread: Command) -> None:
    listed = json.loads(reread("settings --json").out)
    recipe = load_recipe("standard")
    assert {each["name"].partition(".")[0] for each in listed} == set(TABLES)
    for part in ("model", "training", "vectors"):
        names = {each["name"].partition(".")[2] for each in listed if each["name"].startswith(f"{part}.")}
        assert names == set(vars(getattr(recipe, part)))
    for each in listed:
        if each["default"] not in {"none", "{}"}:
            recipe.with_settings(parse_settings([f"{each['name']}={each['default']}"]))
    assert sum(not each["about"] for each in listed) < len(listed) / 3


def test_a_word_is_looked_for_in_names_and_texts(reread: Command) -> None:
    assert [each["name"] for each in json.loads(reread("settings ema --json").out)][:1] == ["training.ema"]
    assert reread("settings nothing-has-this").code == 2
    said = reread("settings dropout").out
    assert "model.weight_dropout" in said
    assert "training.ema" not in said


@pytest.mark.parametrize("name", recipe_names())
def test_a_recipe_that_is_printed_is_the_recipe(name: str, reread: Command, tmp_path: Path) -> None:
    printed = reread(f"recipes {name}").out
    assert tomllib.loads(printed)["summary"]
    path = tmp_path / f"{name}.toml"
    path.write_text(printed, encoding="utf-8")
    assert load_recipe(str(path)) == load_recipe(name)


def test_a_recipe_that_there_is_not_is_said(reread: Command) -> None:
    outcome = reread("recipes lsmt")
    assert (outcome.code, outcome.out) == (2, "")
    assert 'Did you mean "lstm"' in outcome.err
