from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reread.errors import ConfigError
from reread.nn.model import build_model
from reread.recipes import DEFAULT, load_recipe, parse_settings, recipe_names


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_says_what_it_is_and_builds(name: str) -> None:
    recipe = load_recipe(name)
    assert recipe.summary
    assert recipe.source.startswith("docs/sources.md, S")
    assert build_model(recipe.model, [20], 3)


def test_every_source_is_described() -> None:
    described = (Path(__file__).parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")
    cited = {load_recipe(name).source.removeprefix("docs/sources.md, ")[:2] for name in recipe_names()}
    assert cited == {"S1", "S3", "S4", "S5"}
    assert [name for name in cited if f"\n## {name}: " not in described] == []


def test_the_recipes_of_this_release() -> None:
    assert recipe_names() == [
        "attention_lstm", "bilstm_max", "bimin_max", "bisru_max", "lstm", "newsgroups_lstm", "paper-1", "paper-2", "paper-3",
        "recurrent_context", "rnn", "stacked_joint", "standard", "standard_ngrams", "yelp_keras",
    ]  # fmt: skip
    assert DEFAULT == "standard"


def test_settings_change_a_recipe() -> None:
    tables = parse_settings(
        ["model.hidden=64", "model.pooling=mean", "training.parts={head={learning_rate=0.1}}", "model.dense=[8, 4]"]
    )
    recipe = load_recipe("lstm").with_settings(tables)
    assert (recipe.model.hidden, recipe.model.pooling, recipe.model.dense) == (64, "mean", (8, 4))
    assert recipe.training.parts == {"head": {"learning_rate": 0.1}}


def test_a_recipe_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('summary = "mine"\n[model]\nhidden = 7\n', encoding="utf-8")
    assert load_recipe(str(path)).model.hidden == 7


def test_a_recipe_says_what_is_different_from_its_base(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('base = "standard_ngrams"\n[model]\nhidden = 7\n[text]\nmin_count = 3\n', encoding="utf-8")
    recipe, base, first = load_recipe(str(path)), load_recipe("standard_ngrams"), load_recipe("standard")
    assert (recipe.name, recipe.summary) == ("mine", "")
    assert recipe.model == replace(base.model, hidden=7) == replace(first.model, hidden=7, embedding_dim=100)
    assert recipe.text == {"ngrams": 2, "min_count": 3}
    assert recipe.training == first.training


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[model]\nhiden = 7\n", 'unknown setting in model "hiden". Did you mean "hidden"'),
        ("[modle]\n", 'unknown table in recipe mine "modle". Did you mean "model"'),
        ("[model]\nhidden = 'many'\n", 'model.hidden = "many": expected a whole number'),
        ("[model\n", "is not valid TOML"),
        ('base = "lstn"\n', 'unknown recipe "lstn". Did you mean "lstm"'),
        ('base = ""\n', 'unknown recipe ""'),
        ("base = 3\n", "base = 3: expected a text"),
    ],
)
def test_a_recipe_that_cannot_be_read(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_recipe(str(path))
