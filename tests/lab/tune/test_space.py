"""Spaces: what TOML can say, what is refused, and how values become settings."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import ConfigError
from reread.lab.tune import spaces
from reread.lab.tune.kinds import Choice, LogRange, Range
from reread.lab.tune.space import DEFAULT, Space, read_space, space_of
from reread.lab.tune.toml import assignments
from reread.recipes import Recipe, load_recipe, parse_settings, recipe_names
from reread.recipes.spec import ModelSpec, TrainingSettings


def written(tmp_path: Path, content: str) -> Space:
    path = tmp_path / "space.toml"
    path.write_text(content, encoding="utf-8")
    return read_space(path)


def recipe(**training: object) -> Recipe:
    return Recipe(name="own", summary="", source="", model=ModelSpec(), training=TrainingSettings(**training))


def test_kinds_take_the_types_of_their_settings(tmp_path: Path) -> None:
    space = written(
        tmp_path,
        """
        [model]
        hidden = {log = [16, 64]}
        dropout = {range = [0, 0.5]}
        pooling = {choice = ["max", "mean"]}
        latent = {choice = [[], [64]]}
        [training.parts.embedding]
        learning_rate_factor = {range = [1, 4]}
        [vectors]
        source = {choice = ["none", "word2vec"]}
        """,
    )
    assert space.settings == {
        "model.hidden": LogRange(16, 64),
        "model.dropout": Range(0.0, 0.5),
        "model.pooling": Choice(("max", "mean")),
        "model.latent": Choice(((), (64,))),
        "training.parts.embedding.learning_rate_factor": Range(1, 4),
        "vectors.source": Choice((None, "word2vec")),
    }
    kinds = {name: type(kind.distribution()).__name__ for name, kind in space.settings.items()}
    assert (kinds["model.hidden"], kinds["model.dropout"]) == ("IntDistribution", "FloatDistribution")
    assert isinstance(space.settings["model.dropout"].extremes()[0], float)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "space.toml names no setting to search"),
        ("[modell]\nhidden = {log = [1, 2]}", 'unknown table "modell" in .*space.toml. Did you mean "model"'),
        ("[model]\nhiden = {log = [1, 2]}", r'unknown setting "hiden" in \[model\] of .*space.toml. Did you mean "hidden"'),
        ("[model]\nhidden = 64", "model.hidden = 64: expected {range = […]} or {log = […]} or {choice = […]}"),
        ("[model]\nhidden = {log = [16]}", r"model.hidden.log = \[16\]: expected two numbers"),
        ("[model]\nhidden = {log = [64, 16]}", r"model.hidden.log = \[64, 16\]: expected the smaller number first"),
        ("[model]\nhidden = {range = [0, 16]}", "model.hidden.range = 0: expected a whole number at least 1"),
        ("[model]\nhidden = {range = [1.5, 16]}", "model.hidden.range = 1.5: expected a whole number"),
        ("[model]\ndropout = {range = [0.1, 1.5]}", "model.dropout.range = 1.5: expected a number at least 0 and below 1"),
        ("[model]\ndropout = {log = [0.0, 0.5]}", "expected numbers above 0, which have a logarithm"),
        ("[model]\npooling = {range = [1, 2]}", "model.pooling.range = 1: expected a text"),
        ("[model]\npooling = {choice = []}", r"model.pooling.choice = \[\]: expected a list"),
        ("[model]\npooling = {choice = ['max', 'max']}", "a value stands there twice"),
        ("[model.hidden]\nsteps = {log = [1, 2]}", "model.hidden.steps: model.hidden is no table"),
        ("[training]\nseed = {choice = [1, 2]}", "training.seed decides how settings are measured"),
        ("[training]\nthreads = {choice = [1, 2]}", "training.threads changes no answer by intention"),
        ("[training]\nwindow =", "is not valid TOML"),
    ],
)  # fmt: skip
def test_what_no_space_can_say(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message.replace("{", r"\{").replace("[…]", r"\[…\]")) as error:
        written(tmp_path, content)
    assert "\n" not in str(error.value)


def test_a_space_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        read_space(tmp_path / "none.toml")


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_has_a_space_with_its_own_values_in_it(name: str) -> None:
    known = load_recipe(name)
    space = space_of(name).around(known)
    own = space.values_of(known)
    assert space.applied(own, known) == {}
    for setting, kind in space.settings.items():
        kept = kind.stored(own[setting])
        assert kind.distribution()._contains(kind.distribution().to_internal_repr(kept)), setting
        assert len(kind.extremes()) > 1


def test_a_recipe_may_have_a_space_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "default.toml").write_text("[model]\nhidden = {log = [16, 64]}", encoding="utf-8")
    (tmp_path / "rnn.toml").write_text("[model]\nlayers = {range = [1, 2]}", encoding="utf-8")
    monkeypatch.setattr("reread.lab.tune.space.resources", SimpleNamespace(files=lambda _: tmp_path))
    assert list(space_of("rnn").settings) == ["model.layers"]
    assert list(space_of("lstm").settings) == list(space_of("own").settings) == ["model.hidden"]


def test_every_space_is_a_recipe_s_or_that_for_all() -> None:
    names = {
        file.name.removesuffix(".toml") for file in resources.files(spaces).iterdir() if file.name.endswith(".toml")
    }
    assert names <= {DEFAULT, *recipe_names()}
    assert DEFAULT in names


def test_a_recipe_s_value_widens_its_range_and_joins_its_choice(tmp_path: Path) -> None:
    content = "[training]\nlearning_rate = {log = [0.01, 0.1]}\nbatch_size = {choice = [16]}"
    space = written(tmp_path, content).around(recipe(learning_rate=0.001, batch_size=64))
    assert space.settings == {"training.learning_rate": LogRange(0.001, 0.1), "training.batch_size": Choice((16, 64))}


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("batch_size = {range = [16, 64]}", 'training.batch_size: the recipe has "auto", which no range holds'),
        ("ema = {log = [0.1, 0.9]}", "training.ema: the recipe has 0, which has no logarithm"),
        ("parts.head.weight_decay = {range = [0.1, 0.9]}", "training.parts.head.weight_decay: the recipe own has none"),
    ],
)
def test_a_recipe_s_value_that_cannot_be_tried(tmp_path: Path, setting: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        written(tmp_path, f"[training]\n{setting}").around(recipe(batch_size="auto"))


def test_values_change_the_recipe_where_they_differ_from_it(tmp_path: Path) -> None:
    own = load_recipe("bilstm_max")
    content = (
        "[model]\nhidden = {log = [16, 256]}\n[training]\nepochs = {range = [2, 9]}\n"
        "[training.parts.embedding]\nlearning_rate_factor = {range = [1.0, 4.0]}"
    )
    space = written(tmp_path, content).around(own)
    names = list(space.settings)
    values = dict(zip(names, (128, 6, 1.5), strict=True))
    tables = space.applied(values, own)
    assert tables == {
        "training": {"parts": {"embedding": {"learning_rate_factor": 1.5}}}
    }  # epochs would end least_steps
    changed = own.with_settings(tables)
    assert changed.training.least_steps == own.training.least_steps
    assert space.values_of(changed) == values


def test_a_network_takes_the_length_of_the_vectors_that_are_tried(tmp_path: Path) -> None:
    vectors = tmp_path / "small.txt"
    vectors.write_text("lovely 1 0 0.5\ndull 0 1 0.25\n", encoding="utf-8")
    content = f"[model]\nembedding_dim = {{log = [4, 64]}}\n[vectors]\nsource = {{choice = ['none', 'word2vec', '{vectors}']}}"
    own = recipe()
    space = written(tmp_path, content).around(own)
    dims = {
        source: own.with_settings(
            space.applied({"model.embedding_dim": 16, "vectors.source": source}, own)
        ).model.embedding_dim
        for source in (None, "word2vec", str(vectors))
    }
    assert dims == {None: 16, "word2vec": 16, str(vectors): 3}


@given(
    st.dictionaries(
        st.sampled_from(["model.hidden", "training.learning_rate", "model.latent", "training.objective_options"]),
        st.none() | st.text() | st.sampled_from(["1", "true", "max", " x "]) | st.booleans() | st.integers(-9, 9**9) | st.floats(1e-9, 1e9) | st.lists(st.integers(1, 9))
        | st.dictionaries(st.text('abc _."=é', min_size=1), st.text() | st.floats(-5, 5) | st.booleans()),
        min_size=1,
    )
)  # fmt: skip
def test_assignments_are_read_as_they_were_written(values: dict[str, object]) -> None:
    tables: dict[str, dict[str, object]] = {}
    for name, value in values.items():
        table, _, key = name.partition(".")
        tables.setdefault(table, {})[key] = value
    read = parse_settings(assignments(tables))
    assert json.dumps(read) == json.dumps(tables).replace("null", '"none"')
