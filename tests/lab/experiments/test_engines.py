"""Runs of either engine are runs of one experiment, and benchmarks/quality/engines.py lays them side by side."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path

import engines
import pytest

from reread.errors import ConfigError
from reread.kernel import available
from reread.lab.experiments.compare import completed, first_difference
from reread.lab.experiments.experiment import AS_RECIPE, jobs, read_experiment
from reread.lab.experiments.records import read_records
from reread.lab.experiments.write_up import Result
from reread.lab.experiments.write_up import engines as trained_by
from reread.train.engine import engines as engines_here
from support.made_runs import run
from support.small_experiments import Heard, compared

EXPERIMENTS = Path(__file__).parents[3] / "experiments"


@pytest.fixture
def path(done: tuple[Path, Result, Heard], tmp_path: Path) -> Path:
    """A finished experiment of one's own."""
    shutil.copytree(done[0].parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / done[0].name


def test_an_experiment_with_another_engine_trains_nothing_again(path: Path, done: tuple[Path, Result, Heard]) -> None:
    path.write_text(path.read_text(encoding="utf-8") + '[overrides.training]\nengine = "torch"\n', encoding="utf-8")
    heard = Heard()
    assert compared(path, heard).summary == done[1].summary
    assert heard.ended == 0


by_the_kernel = pytest.mark.skipif(
    available()[:1] in {(), ("portable",)},
    reason="here torch trains every network: there are no two engines to compare",
)


@by_the_kernel
def test_the_table_says_how_many_runs_each_engine_trained(done: tuple[Path, Result, Heard]) -> None:
    lstm = read_experiment(done[0]).recipe("lstm", "long.toml", 0)
    best = engines_here(lstm.model, lstm.training)[0]
    note = f"Runs trained by each engine: 4 by {best}, 4 by torch; they train the same network and differ in rounding."
    assert note in done[1].summary.notes
    assert trained_by([run("lstm", "long", 0, 0.5)]) == ["Runs trained by each engine: 1 by torch."]  # it does not say
    assert trained_by([]) == []


@by_the_kernel
def test_runs_and_their_twins_are_compared_and_kept(path: Path) -> None:
    out, experiment = path.parent / "out.jsonl", read_experiment(path, seeds=1)
    cells = engines.cells_of(experiment, ["lstm:short", "lstm:long"])
    own = {file: file.stat().st_mtime_ns for file in experiment.runs.iterdir()}
    (short, long) = engines.compare(experiment, path.parent, cells, out)
    pairs = engines.pairs_in(out)
    assert [(one["setting"], one["engines"]["torch"]) for one in pairs] == [("short", "torch"), ("long", "torch")]
    assert all(one["engines"]["kernel"].startswith("kernel-") and one["answered_alike"] == 1 for one in pairs)
    assert {file: file.stat().st_mtime_ns for file in experiment.runs.iterdir()} == own
    twins = {
        file.parent.parent.name: file.stat().st_mtime_ns
        for file in path.parent.glob("small/engines/*/runs/*long-0.json")
    }
    assert twins.keys() == {"torch"}, "of the kernel the experiment has runs"
    assert (short["pairs"], long["pairs"], long["interval"], long["p_value"]) == (1, 1, None, 1.0)
    assert long["runs"] == {"torch": 1, "kernel": 1, "experiment": 2}

    assert engines.compare(experiment, path.parent, cells, out) == [short, long]
    assert engines.pairs_in(out) == pairs
    assert all(
        file.stat().st_mtime_ns == twins["torch"] for file in path.parent.glob("small/engines/*/runs/*long-0.json")
    )


def test_the_summary_of_a_cell_is_paired(path: Path) -> None:
    pairs = [
        {"model": "lstm", "setting": "long", "seed": seed, "test_accuracy": {"torch": 80.0 + 2 * seed, "kernel": 80.5 + 2 * seed}, "difference": 0.5}
        for seed in range(3)
    ]  # fmt: skip
    found = engines.summed_up(read_experiment(path), ("lstm", "long"), pairs)
    assert (found["pairs"], found["mean_difference"], found["interval"]) == (3, 0.5, (0.5, 0.5))
    assert found["std_over_seeds"]["torch"] == found["std_over_seeds"]["kernel"] == 2.0
    assert found["p_value"] == 0.25
    assert "lstm under long: kernel - torch +0.50 points, 95 % interval [+0.50, +0.50], 3 pairs" in engines.told(found)


def test_a_cell_that_is_none_is_told(path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r'--cells "lstm:longer": expected MODEL:SETTING of small\.toml, such as rnn:short'
    ):
        engines.cells_of(read_experiment(path), ["lstm:longer"])


def test_the_paper_s_runs_are_still_runs_of_its_experiment() -> None:
    experiment = read_experiment(EXPERIMENTS / "imdb.toml", seeds=3)
    records = {record.name: record for record in read_records(experiment.runs)}
    assert len(records) >= 36
    assert {name for job in jobs(experiment) for name in job.runs()} <= records.keys()
    for record in (record for record in records.values() if record.seed in experiment.seeds):
        recipe, config = experiment.recipe(record.model, record.setting, record.seed), completed(record.config)
        assert config["text"] == recipe.text
        for part in ("model", "training", "vectors"):
            recorded = {key: value for key, value in config[part].items() if key not in {"engine", "checksum"}}
            wanted = {key: value for key, value in asdict(getattr(recipe, part)).items() if key != "engine"}
            assert first_difference(recorded, wanted) == ""


def test_the_light_networks_stand_beside_the_improved_lstm_as_the_paper_s_experiment_trains_it() -> None:
    paper, light = (read_experiment(EXPERIMENTS / name) for name in ("imdb.toml", "imdb_light.toml"))
    assert (light.data, light.curve, light.select, light.all_settings) == (
        paper.data,
        paper.curve,
        paper.select,
        paper.all_settings,
    )
    assert AS_RECIPE not in light.all_settings
    for setting in light.all_settings:
        improved = light.recipe("bilstm_max", setting, 0)
        assert improved == paper.recipe("bilstm_max", setting, 0)
        for model in ("bisru_max", "bimin_max"):
            other = light.recipe(model, setting, 0)
            assert {**asdict(other.model), "recurrence": "lstm"} == asdict(improved.model)
            assert (other.training, other.text, other.vectors) == (improved.training, improved.text, improved.vectors)
