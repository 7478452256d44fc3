"""The word vectors that the runs of an experiment share."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from reread.errors import ConfigError, DataError
from reread.lab.experiments.experiment import Experiment, jobs, read_experiment
from reread.lab.experiments.experiment_data import ExperimentData, read_experiment_data
from reread.lab.experiments.records import put
from reread.lab.experiments.run import train
from reread.lab.experiments.vectors import Vectors, vectors_of
from reread.train.listener import Silent
from reread.vectors.files import read_vectors
from reread.vectors.sources import vector_source
from support.glove_package import lay_package
from support.small_experiments import EXPERIMENT, Heard, compared_here, lay_out

VECTORS = "[vectors]\nsource = 'word2vec'\nalgorithm = 'cbow'\ndeterministic = true\nmin_count = 1\n"


def laid_out(folder: Path, *, deterministic: bool = True) -> tuple[Experiment, ExperimentData]:
    path = lay_out(folder, EXPERIMENT.replace("[curve]", 'unlabelled = ["more.txt"]\n[curve]'))
    (folder / "more.txt").write_text("a splendid evening\na splendid film\n", encoding="utf-8")
    settings = VECTORS.replace("true", str(deterministic).lower())
    for name in ("short", "long"):
        file = folder / f"{name}.toml"
        file.write_text(
            file.read_text(encoding="utf-8").replace("[training]", f"{settings}[training]"), encoding="utf-8"
        )
    experiment = read_experiment(path)
    return experiment, read_experiment_data(experiment, None)


def made(experiment: Experiment, experiment_data: ExperimentData, notes: list[str], seed: int = 0) -> Vectors:
    vectors = vectors_of(
        experiment, experiment_data, experiment.recipe("rnn", "long.toml", seed), notes.append, lambda *_: None
    )
    assert vectors is not None
    return vectors


def test_vectors_are_trained_once_on_train_and_unlabelled_texts(tmp_path: Path) -> None:
    experiment, experiment_data = laid_out(tmp_path)
    notes: list[str] = []
    vectors = made(experiment, experiment_data, notes)
    assert vectors.path.parent == experiment.folder / "vectors"
    words = read_vectors(vectors.path).words
    assert {"splendid", "lovely"} <= set(words)
    assert any(note.startswith("word2vec: ") for note in notes)
    assert made(experiment, experiment_data, quiet := [], seed=1) == vectors
    assert not quiet  # found, not trained again


def test_made_again_they_are_the_same(tmp_path: Path) -> None:
    experiment, experiment_data = laid_out(tmp_path)
    first = made(experiment, experiment_data, [])
    first.path.unlink()
    assert made(experiment, experiment_data, []).checksum == first.checksum


def test_a_run_starts_from_them_and_records_their_checksum(tmp_path: Path) -> None:
    experiment, experiment_data = laid_out(tmp_path)
    vectors = made(experiment, experiment_data, [])
    job = jobs(experiment)[0]
    with_vectors = train(job, experiment, experiment_data, vectors, Silent())
    assert all(record.config["vectors"]["checksum"] == vectors.checksum for record in with_vectors)


@pytest.mark.parametrize("deterministic", [True, False])
def test_vectors_that_another_processor_rounds_are_told_and_no_reason_to_stop(
    tmp_path: Path, *, deterministic: bool
) -> None:
    experiment, _ = laid_out(tmp_path, deterministic=deterministic)
    path = experiment.path
    path.write_text(path.read_text(encoding="utf-8").replace("seeds = 2", "seeds = 1"), encoding="utf-8")
    compared_here(path, Heard())
    for file in experiment.runs.glob("*.json"):
        record = json.loads(file.read_text(encoding="utf-8"))
        record["config"]["vectors"]["checksum"] = "950c8ed0" + record["config"]["vectors"]["checksum"][8:]
        put(file, json.dumps(record).encode())
    path.write_text(path.read_text(encoding="utf-8").replace("seeds = 1", "seeds = 2"), encoding="utf-8")
    if deterministic:
        notes = compared_here(path, Heard()).summary.notes
        told = r"Runs by the checksum of their word vectors: 4 from \w{8}, 4 from \w{8}\."
        assert [note for note in notes if re.fullmatch(told, note) and "4 from 950c8ed0" in note]
    else:  # several workers may have made anything of the texts
        with pytest.raises(ConfigError, match=r"was made with vectors\.checksum"):
            compared_here(path, Heard())


def test_a_torn_file_is_told(tmp_path: Path) -> None:
    experiment, experiment_data = laid_out(tmp_path)
    vectors = made(experiment, experiment_data, [])
    vectors.path.write_bytes(vectors.path.read_bytes()[:-3])
    with pytest.raises(DataError, match="incomplete or was changed"):
        made(experiment, experiment_data, [])


def test_named_vectors_are_taken_by_their_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_package(tmp_path / "packages", monkeypatch)
    experiment = read_experiment(lay_out(tmp_path))
    settings = {"vectors": {"source": "glove-50d"}, "model": {"embedding_dim": 50}}
    recipe = experiment.recipe("rnn", "long.toml", 0).with_settings(settings)
    vectors = vectors_of(experiment, read_experiment_data(experiment, None), recipe, print, lambda *_: None)
    assert vectors == Vectors(Path("glove-50d"), vector_source("glove-50d").read().checksum())


def test_without_a_source_there_are_none(tmp_path: Path) -> None:
    experiment = read_experiment(lay_out(tmp_path))
    recipe = experiment.recipe("rnn", "long.toml", 0)
    assert vectors_of(experiment, read_experiment_data(experiment, None), recipe, print, print) is None
