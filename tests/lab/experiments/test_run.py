"""One training and its runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reread.lab.experiments.experiment import Experiment, Job, jobs, read_experiment
from reread.lab.experiments.experiment_data import read_experiment_data
from reread.lab.experiments.records import RunRecord, read_records, right_answers
from reread.lab.experiments.run import train
from reread.train.listener import Silent
from support.small_experiments import EXPERIMENT, lay_out


def trained(path: Path, number: int = 0) -> tuple[Experiment, list[RunRecord]]:
    experiment = read_experiment(path)
    return experiment, train(
        jobs(experiment)[number], experiment, read_experiment_data(experiment, None), None, Silent()
    )


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Experiment, list[RunRecord]]:
    return trained(lay_out(tmp_path_factory.mktemp("once")))


def test_a_training_makes_the_run_of_every_setting(once: tuple[Experiment, list[RunRecord]]) -> None:
    experiment, records = once
    assert [(record.name, record.iterations, record.read_from) for record in records] == [
        ("rnn-short-0", 4, "rnn-long-0"),
        ("rnn-long-0", 8, ""),
    ]
    assert [[point["iteration"] for point in record.curve] for record in records] == [[2, 4], [2, 4, 6, 8]]
    assert records[1].curve[:2] == records[0].curve
    assert {record.name for record in read_records(experiment.runs)} == {record.name for record in records}
    assert all(record.memory_mib > 0 and record.versions["torch"] for record in records)


def test_settings_of_equal_steps_all_have_their_run(tmp_path: Path) -> None:
    three = '"short.toml", "again.toml", "long.toml"'
    path = lay_out(tmp_path, steps=(8, 8))
    (tmp_path / "again.toml").write_bytes((tmp_path / "short.toml").read_bytes())
    path.write_text(EXPERIMENT.replace('"short.toml", "long.toml"', three), encoding="utf-8")
    records = trained(path)[1]
    assert [record.name for record in records] == ["rnn-short-0", "rnn-again-0", "rnn-long-0"]
    assert len({record.predictions["sha256"] for record in records}) == 1


def test_a_records_accuracy_is_that_of_its_answers(once: tuple[Experiment, list[RunRecord]]) -> None:
    experiment, records = once
    truth = [label == "pos" for label in read_experiment_data(experiment, None).test_labels]
    for record in records:
        assert right_answers(experiment.runs, record, truth).mean() == record.test_accuracy


def test_read_on_the_way_a_run_is_the_one_that_stops_there(
    once: tuple[Experiment, list[RunRecord]], tmp_path: Path
) -> None:
    path = lay_out(tmp_path, EXPERIMENT.replace('"short.toml", "long.toml"', '"short.toml"'))
    alone = trained(path)[1][0]
    read = once[1][0]
    assert alone.read_from == ""
    assert (alone.predictions, alone.curve, alone.config) == (read.predictions, read.curve, read.config)


def test_the_same_run_again_is_the_same_to_the_bit(once: tuple[Experiment, list[RunRecord]], tmp_path: Path) -> None:
    again = trained(lay_out(tmp_path))[1]
    assert [(record.curve, record.predictions) for record in again] == [
        (record.curve, record.predictions) for record in once[1]
    ]


def test_the_curve_changes_nothing(once: tuple[Experiment, list[RunRecord]], tmp_path: Path) -> None:
    coarse = trained(lay_out(tmp_path, EXPERIMENT.replace("every = 2", "every = 8")))[1]
    assert [record.predictions for record in coarse] == [record.predictions for record in once[1]]


def test_rows_held_out_choose_the_weights_and_are_recorded(tmp_path: Path) -> None:
    text = EXPERIMENT.replace("seeds = 2", 'seeds = 2\nselect = "validation"').replace(
        "[curve]", "validation = 0.25\n[curve]"
    )
    experiment, (record,) = trained(lay_out(tmp_path, text))
    assert 0 <= record.validation["accuracy"] <= 1
    assert len(jobs(experiment)) == 8  # no run is read on the way: each keeps the weights that were best until its end


def test_a_finished_beginning_is_not_written_again(tmp_path: Path) -> None:
    path = lay_out(tmp_path)
    experiment, _ = trained(path)
    before = {file.name: file.stat().st_mtime_ns for file in experiment.runs.iterdir() if "short" in file.name}
    (experiment.runs / "rnn-long-0.json").unlink()
    assert [record.name for record in trained(path)[1]] == ["rnn-long-0"]
    assert {name: (experiment.runs / name).stat().st_mtime_ns for name in before} == before


def test_a_finished_end_is_not_written_again(tmp_path: Path) -> None:
    path = lay_out(tmp_path)
    experiment, _ = trained(path)
    before = {file.name: file.stat().st_mtime_ns for file in experiment.runs.iterdir() if "long" in file.name}
    (experiment.runs / "rnn-short-0.json").unlink()
    assert [record.name for record in trained(path)[1]] == ["rnn-short-0"]
    assert {name: (experiment.runs / name).stat().st_mtime_ns for name in before} == before


def test_without_a_test_file_a_share_of_the_rows_is_held_out_for_it(tmp_path: Path) -> None:
    experiment = read_experiment(lay_out(tmp_path, EXPERIMENT.replace('test = "test.csv"', "test_share = 0.25")))
    experiment_data = read_experiment_data(experiment, None)
    assert (len(experiment_data.train), len(experiment_data.test)) == (18, 6)
    assert not set(experiment_data.train.texts) & set(experiment_data.test.texts)
    again = read_experiment_data(experiment, None)
    assert list(again.test.texts) == list(experiment_data.test.texts)


def test_texts_of_the_test_rows_are_dropped_from_the_corpus_and_counted(tmp_path: Path) -> None:
    path = lay_out(tmp_path, EXPERIMENT.replace("[curve]", 'unlabelled = ["more.txt"]\n[curve]'))
    tests = (tmp_path / "test.csv").read_text(encoding="utf-8").splitlines()[1:3]
    texts = [line.rpartition(",")[0].strip('"').upper() for line in tests]
    (tmp_path / "more.txt").write_text("\n".join([*texts, "something new", ""]), encoding="utf-8")
    experiment_data = read_experiment_data(read_experiment(path), None)
    assert (list(experiment_data.unlabelled), experiment_data.dropped) == (["something new"], 2)


def test_the_sample_is_the_same_for_every_run(once: tuple[Experiment, list[RunRecord]]) -> None:
    experiment_data = read_experiment_data(once[0], None)
    rows: Any = experiment_data.sample(8, 0)
    np.testing.assert_array_equal(rows, experiment_data.sample(8, 0))
    assert len(set(rows.tolist())) == 8
    assert len(experiment_data.sample(100, 0)) == 12


def test_job_names_are_those_of_their_files() -> None:
    assert Job("own/net.toml", 3, (("short.toml", 1),)).runs() == ["net-short-3"]
