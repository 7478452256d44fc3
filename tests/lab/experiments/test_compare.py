"""A whole experiment: workers, tables, figures, resuming, kills."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reread.errors import ConfigError, DataError, MissingExtraError, TrainingError
from reread.lab.experiments.compare import check_records, first_difference, vectors_of_jobs
from reread.lab.experiments.experiment import jobs, read_experiment
from reread.lab.experiments.experiment_data import read_experiment_data
from reread.lab.experiments.pool import Standing, Work, is_done, run_jobs
from reread.lab.experiments.records import read_records
from reread.lab.experiments.vectors import Vectors
from reread.lab.experiments.write_up import Result
from reread.locks import lock
from reread.recipes import Recipe
from support.small_experiments import EXPERIMENT, Heard, compared, compared_here, lay_out

EIGHT = {f"{model}-{setting}-{seed}" for model in ("rnn", "lstm") for setting in ("short", "long") for seed in (0, 1)}


def test_every_run_is_made_and_written_up(done: tuple[Path, Result, Heard]) -> None:
    _, result, heard = done
    assert {record.name for record in result.records} == EIGHT
    assert result.missing == 0
    assert heard.ended == 4
    assert [(cell.model, cell.setting, cell.n) for cell in result.summary.cells] == [
        (model, setting, count)
        for setting in ("short", "long")
        for model, count in (("rnn", 2), ("lstm", 2), ("linear baseline", 1))
    ]
    names = {file.name for file in result.files}
    assert names == {
        "table.csv", "table.html", "table.md", "table.tex",
        *(f"curves-{setting}.{kind}" for setting in ("short", "long") for kind in ("svg", "png")),
    }  # fmt: skip
    assert all(file.stat().st_size > 0 for file in result.files)


def test_one_kind_of_run_is_the_beginning_of_the_other_and_the_table_says_so(done: tuple[Path, Result, Heard]) -> None:
    assert any("on the way of longer runs" in note for note in done[1].summary.notes)


def test_a_finished_experiment_trains_nothing(done: tuple[Path, Result, Heard]) -> None:
    path, result, _ = done
    runs = path.with_suffix("") / "runs"
    before = {file: file.stat().st_mtime_ns for file in runs.iterdir()}
    heard = Heard()
    assert compared(path, heard).summary == result.summary
    assert "4 of 4 trainings are done" in heard.notes
    assert {file: file.stat().st_mtime_ns for file in runs.iterdir()} == before


def test_more_seeds_later_only_fill_what_is_missing(tmp_path: Path) -> None:
    path = lay_out(tmp_path, EXPERIMENT.replace('"rnn", "lstm"', '"rnn"').replace("seeds = 2", "seeds = 1"))
    compared_here(path, Heard())
    runs = path.with_suffix("") / "runs"
    before = {file: file.stat().st_mtime_ns for file in runs.iterdir()}
    path.write_text(path.read_text(encoding="utf-8").replace("seeds = 1", "seeds = 2"), encoding="utf-8")
    heard = Heard()
    assert len(compared_here(path, heard).records) == 4
    assert "1 of 2 trainings are done" in heard.notes
    assert {file: file.stat().st_mtime_ns for file in before} == before


def test_finished_runs_of_another_configuration_are_not_mixed_in(done: tuple[Path, Result, Heard]) -> None:
    experiment = read_experiment(done[0])
    experiment_data, found = read_experiment_data(experiment, None), jobs(experiment)
    check_records(experiment, experiment_data, found, {})
    other = replace(experiment, overrides={**experiment.overrides, "training": {"learning_rate": 0.5}})
    with pytest.raises(
        ConfigError, match=r"short-0\.json was made with training.learning_rate = 0\.001, .* now has 0\.5"
    ):
        check_records(other, experiment_data, found, {})


def test_the_first_difference_is_named() -> None:
    assert first_difference({"a": {"b": (1, 2)}}, {"a": {"b": [1, 2]}}) == ""
    assert first_difference({"a": {"b": 1}}, {"a": {"b": 2}}) == "a.b = 1, the experiment now has 2"
    assert first_difference({"a": 1}, {"a": 1, "c": 2}) == "c = None, the experiment now has 2"


def test_without_matplotlib_nothing_is_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lay_out(tmp_path)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match="drawing figures needs an extra"):
        compared(path, Heard())
    assert not path.with_suffix("").exists()


def test_what_is_cut_is_said_once(tmp_path: Path) -> None:
    text = EXPERIMENT.replace('"rnn", "lstm"', '"rnn"') + "[overrides.training]\nmax_tokens = 3\n"
    heard = Heard()
    compared(lay_out(tmp_path, text), heard)
    assert len([note for note in heard.notes if re.match(r"max_tokens = 3 drops \d+ tokens; 24 texts", note)]) == 1


def test_a_file_of_vectors_is_looked_at_once_a_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = read_experiment(lay_out(tmp_path), seeds=20)
    asked: list[str] = []
    some = Vectors(tmp_path / "some", "0")

    def vectors_of(_experiment: Any, _experiment_data: Any, recipe: Recipe, *_: Any) -> Vectors:
        asked.append(recipe.model.recurrence)
        return some

    monkeypatch.setattr("reread.lab.experiments.compare.vectors_of", vectors_of)
    found = jobs(experiment)
    known = vectors_of_jobs(experiment, read_experiment_data(experiment, None), found, Heard())
    assert known == {job.name: some for job in found}
    assert len(asked) == 2


def test_texts_in_train_and_test_are_warned_of(tmp_path: Path) -> None:
    path, heard = lay_out(tmp_path), Heard()
    first = (tmp_path / "train.csv").read_text(encoding="utf-8").splitlines()[1]
    with (tmp_path / "test.csv").open("a", encoding="utf-8") as file:
        file.write(first.upper().replace("POS", "pos") + "\n")
    result = compared(path, heard, train=False)
    said = "1 texts are in both train and test (13 rows); they make the test figures too high"
    assert f"warning: {said}" in heard.notes
    assert f"{said}." in result.summary.notes


@pytest.mark.parametrize(
    ("label", "message"),
    [(lambda k: [f"c{k % 3}"], "labels are lists of classes"), (lambda k: f"c{k}", "has 300 classes; .* 256 at most")],
)
def test_labels_that_a_run_cannot_keep_are_refused_before_it(tmp_path: Path, label: Any, message: str) -> None:
    text = EXPERIMENT.replace('train = "train.csv"', 'train = "train.jsonl"').replace("test.csv", "train.jsonl.gz")
    path = lay_out(tmp_path, text)
    lines = [json.dumps({"text": f"take {k}", "label": label(k)}) for k in range(300)]
    (tmp_path / "train.jsonl").write_text("\n".join([*lines, ""]), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        compared(path, Heard())
    assert not path.with_suffix("").exists()


def test_equal_files_are_no_train_and_test(tmp_path: Path) -> None:
    path = lay_out(tmp_path)
    (tmp_path / "test.csv").write_bytes((tmp_path / "train.csv").read_bytes())
    with pytest.raises(DataError, match="hold the same rows; test rows must be new"):
        compared(path, Heard())


def test_a_run_that_fails_ends_the_experiment_with_its_words(tmp_path: Path) -> None:
    path = lay_out(tmp_path, EXPERIMENT + "[overrides.training]\nlearning_rate = 1e30\nclip = 'none'\n")
    with pytest.raises(TrainingError, match=r"^(rnn|lstm)-long-\d: the .* is .*; lower the learning rate"):
        compared(path, Heard(), processes=1)


def test_a_lock_is_for_one_process_only(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from reread.locks import lock\n"
        "with lock(Path(sys.argv[1]), 'x') as ours: print(ours, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "True\n"
        with lock(tmp_path, "x") as ours:
            assert not ours
        with lock(tmp_path, "y") as ours:
            assert ours
        first.kill()
        first.wait()
        with lock(tmp_path, "x") as ours:
            assert ours  # a lock ends with its process


@pytest.mark.slow
def test_a_killed_worker_is_replaced(tmp_path: Path) -> None:
    experiment = read_experiment(lay_out(tmp_path, steps=(4, 200)))
    killed: list[int] = []

    def kill_once(standings: Mapping[str, Standing], _ended: int) -> None:
        if standings and not killed:
            killed.extend(children())
            os.kill(killed[0], signal.SIGKILL)

    run_jobs(Work(experiment, None, {}, tuple(jobs(experiment))), 1, kill_once, print)
    assert killed
    assert all(is_done(experiment, job) for job in jobs(experiment))


def children() -> list[int]:
    """The workers of this process."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
            command = (path.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == os.getpid() and b"spawn_main" in command:
            found.append(int(path.parent.name))
    return found


@pytest.mark.slow
def test_killed_at_any_moment_the_comparison_resumes_without_repeating_or_losing_a_run(
    done: tuple[Path, Result, Heard], tmp_path: Path
) -> None:
    path = lay_out(tmp_path)
    runs = path.with_suffix("") / "runs"
    written: dict[str, int] = {}
    for sign in (".locks/*-long-*.lock", "runs/*.json"):  # a run has begun; a run has ended
        start_and_kill(path, sign)
        now = {file.name: file.stat().st_mtime_ns for file in runs.glob("*.json")}
        assert written.items() <= now.items()
        written = now
        assert {record.name for record in read_records(runs)} <= EIGHT  # whole runs, or none
    compared(path, Heard(), processes=1)
    assert {name: (runs / name).stat().st_mtime_ns for name in written} == written
    assert {record.name: result_of(record) for record in read_records(runs)} == {
        record.name: result_of(record) for record in read_records(done[0].with_suffix("") / "runs")
    }


def result_of(record: Any) -> str:
    return json.dumps([record.curve, record.test_accuracy, record.predictions], sort_keys=True)


def start_and_kill(path: Path, sign: str) -> None:
    """Kill a comparison as soon as there is such a file in its folder."""
    command = [sys.executable, "-c", "from reread.apps.cli import main; main()", "compare", str(path), "--resume"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not any(path.with_suffix("").glob(sign)) and process.poll() is None:
        time.sleep(0.02)
    process.kill()
    process.wait()
    time.sleep(1.5)  # the workers see that their parent has gone
