"""An experiment's file: what it says, and what it may not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from reread.errors import ConfigError
from reread.lab.experiments.experiment import Job, find_file, jobs, read_experiment
from support.small_experiments import EXPERIMENT, lay_out


def test_settings_that_differ_in_their_steps_are_one_training(tmp_path: Path) -> None:
    experiment = read_experiment(lay_out(tmp_path))
    short_then_long = (("short.toml", 4), ("long.toml", 8))
    assert jobs(experiment) == [
        Job(model, seed, short_then_long) for seed in (0, 1) for model in ("rnn", "lstm")
    ]  # seed by seed: a cut leaves whole seeds


@pytest.mark.parametrize(
    ("old", "new"),
    [("[curve]", "[overrides.training]\ndecay = 'linear'\n[curve]"), ("steps = 8", "steps = 8\nlearning_rate = 0.003")],
    ids=["the rate depends on the steps", "another rate"],
)
def test_settings_that_differ_in_more_are_trainings_of_their_own(tmp_path: Path, old: str, new: str) -> None:
    path = lay_out(tmp_path)
    for file in (path, tmp_path / "long.toml"):
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert len(jobs(read_experiment(path))) == 8


def test_a_run_is_the_models_network_under_the_setting(tmp_path: Path) -> None:
    recipe = read_experiment(lay_out(tmp_path)).recipe("lstm", "short.toml", 5)
    assert (recipe.model.recurrence, recipe.model.hidden, recipe.model.pooling) == ("lstm", 4, "last")
    assert (recipe.training.steps, recipe.training.seed, recipe.training.threads) == (4, 5, 1)
    assert recipe.text == {"min_count": 1}


def test_without_settings_every_model_is_trained_as_its_recipe_says(tmp_path: Path) -> None:
    text = EXPERIMENT.replace('settings = ["short.toml", "long.toml"]', "")
    experiment = read_experiment(lay_out(tmp_path, text))
    assert [job.name for job in jobs(experiment)] == ["rnn-own-0", "lstm-own-0", "rnn-own-1", "lstm-own-1"]
    assert experiment.recipe("rnn", "own", 0).training.epochs == 6


def test_seeds_may_be_named_and_changed(tmp_path: Path) -> None:
    path = lay_out(tmp_path, EXPERIMENT.replace("seeds = 2", "seeds = [7, 3]"))
    assert read_experiment(path).seeds == (7, 3)
    assert read_experiment(path, seeds=3).seeds == (0, 1, 2)


REFUSED = {
    "select the best by the test rows": ("seeds = 2", 'seeds = 2\nselect = "test"', "test rows choose nothing"),
    "another way to select": ("seeds = 2", 'seeds = 2\nselect = "luck"', "unknown choice of weights"),
    "validation without rows": ("seeds = 2", 'seeds = 2\nselect = "validation"', "validation needs rows held out"),
    "rows held out for nothing": ("[curve]", "validation = 0.1\n[curve]", "last needs none"),
    "one file for both": ('test = "test.csv"', 'test = "train.csv"', "train and test are the same file"),
    "no seed": ("seeds = 2", "seeds = []", "seeds is empty"),
    "a seed twice": ("seeds = 2", "seeds = [1, 1]", "names one twice"),
    "two models of one name": ('"rnn", "lstm"', '"lstm", "own/lstm.toml"', "models names one twice: lstm, lstm"),
    "a printed figure of no model": (
        "[data]",
        "[printed.lsmt]\n[data]",
        'name "lsmt" in .*printed.lsmt. Did you mean "lstm"',
    ),
    "a printed figure of no setting": (
        "[data]",
        "[printed.lstm]\nshrt = 9.0\n[data]",
        'name "shrt" in .*printed.lstm. Did you mean "short"',
    ),
    "an observation of no model": (
        "[data]",
        "[[observations]]\ntext='x'\nkind='lead_narrows'\nmodel='x'\nsetting='short'\niteration=3\n[data]",
        'name "x" in observation lead_narrows.model',
    ),
    "no models": ('models = ["rnn", "lstm"]', "", "models is missing"),
    "an unknown model": ('"rnn"', '"rnnn"', 'unknown recipe "rnnn"'),
    "an unknown key": ("seeds = 2", "seeds = 2\nseed = 3", 'unknown setting "seed" in small.toml'),
    "an unknown table": ("[curve]", "[curves]", 'unknown setting "curves" in small.toml'),
    "an unknown data key": ("[curve]", 'texts = "x"\n[curve]', 'unknown setting "texts" in small.toml.data'),
    "an interval of nothing": ("every = 2", "every = 0", "expected a whole number at least 1"),
    "bounded by time": ("[curve]", "[overrides.training]\nminutes = 1\n[curve]", "bounded by minutes"),
    "no TOML": ("seeds = 2", "seeds : 2", "is not valid TOML"),
}


@pytest.mark.parametrize(("old", "new", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in EXPERIMENT
    with pytest.raises(ConfigError, match=message):
        read_experiment(lay_out(tmp_path, EXPERIMENT.replace(old, new, 1)))


def test_a_missing_experiment_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: No such file or directory; name an experiment's TOML file"):
        read_experiment(tmp_path / "none.toml")


@pytest.mark.parametrize("beside", ["more.test.csv", "more.v1.csv", "more.toml", "more.csv.bak"])
def test_another_file_is_not_taken_for_a_missing_one(tmp_path: Path, beside: str) -> None:
    experiment = read_experiment(lay_out(tmp_path))
    (tmp_path / beside).touch()
    for missing in ("more.v2.csv", "more.csv", "more"):
        with pytest.raises(ConfigError, match=rf"^{missing} is not in "):
            find_file(experiment, missing, tmp_path)
    (tmp_path / "more.v2.jsonl.gz").touch()
    assert find_file(experiment, "more.v2.csv", tmp_path) == tmp_path / "more.v2.jsonl.gz"


def test_data_files_are_looked_for_beside_the_experiment_and_in_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REREAD_CACHE", str(tmp_path / "cache"))
    experiment = read_experiment(lay_out(tmp_path))
    (tmp_path / "cache" / "imdb").mkdir(parents=True)
    (tmp_path / "cache" / "imdb" / "test.parquet").touch()
    assert find_file(experiment, "train.csv", None) == tmp_path / "train.csv"
    assert find_file(experiment, "imdb/test.parquet", None) == tmp_path / "cache" / "imdb" / "test.parquet"
    (tmp_path / "cache" / "imdb" / "train.jsonl.gz").touch()
    assert find_file(experiment, "imdb/train.parquet", None) == tmp_path / "cache" / "imdb" / "train.jsonl.gz"
    with pytest.raises(ConfigError, match="reread data fetch imdb may bring it"):
        find_file(experiment, "imdb/test.parquet", tmp_path)
