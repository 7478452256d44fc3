from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

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
    assert recipe.training.parts == {"embedding": {"learning_rate_factor": 2.5}, "head": {"learning_rate": 0.1}}


EMBEDDING = {"learning_rate_factor": 2.5, "pretrained_factor": 0.04}


@pytest.mark.parametrize(
    ("settings", "parts"),
    [
        (["training.parts.embedding={learning_rate=0.1}"], {"embedding": {**EMBEDDING, "learning_rate": 0.1}}),
        (["training.parts.embedding.learning_rate_factor=3"], {"embedding": {**EMBEDDING, "learning_rate_factor": 3}}),
        (["training.parts.embedding={}", "training.parts.head.optimiser=sgd"], {"embedding": {}, "head": {"optimiser": "sgd"}}),
        (["training.parts={}"], {}),
    ],
)  # fmt: skip
def test_settings_of_parts_are_merged(settings: list[str], parts: dict[str, Any]) -> None:
    assert load_recipe("standard").training.parts == {"embedding": EMBEDDING}
    assert load_recipe("standard").with_settings(parse_settings(settings)).training.parts == parts


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["training.parts=3"], "training.parts = 3"),
        (["training.parts.head=3"], "training.parts.head = 3"),
        (["training.parts.head=3", "training.parts.head.optimiser=sgd"], "head has a value already; give it once"),
        (["training..head=3"], "expected TABLE.SETTING=VALUE"),
        (["hidden=3"], "expected TABLE.SETTING=VALUE"),
        (["training.parts.head"], "expected TABLE.SETTING=VALUE"),
        (["model.hidden.x=3"], 'model.hidden = {"x": 3}'),
    ],
)
def test_settings_of_parts_that_are_none_are_refused(settings: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        load_recipe("standard").with_settings(parse_settings(settings))


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


def test_a_recipe_merges_the_parts_of_its_base(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('base = "stacked_joint"\n[training.parts.head]\nweight_decay = 0.5\n', encoding="utf-8")
    assert load_recipe(str(path)).training.parts == {
        "embedding": {"optimiser": "adam", "learning_rate_factor": 2.5},
        "head": {"optimiser": "adamw", "weight_decay": 0.5},
    }
    path.write_text('base = "stacked_joint"\n[training.parts]\n', encoding="utf-8")
    assert load_recipe(str(path)).training.parts == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[model]\nhiden = 7\n", r'unknown setting "hiden" in \[model\]. Did you mean "hidden"'),
        ("[modle]\n", 'unknown table "modle" in recipe mine. Did you mean "model"'),
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
