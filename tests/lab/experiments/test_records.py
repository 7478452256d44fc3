from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import BundleError, ConfigError, DataError
from reread.lab.experiments import records
from reread.lab.experiments.records import read_answers, read_records, right_answers, run_name
from support.made_runs import answers, run, truth_of, write_run

CELL = ("lstm", "paper-1")


def test_what_was_written_is_read(tmp_path: Path) -> None:
    written = [
        write_run(tmp_path / "runs", ("lstm", "paper-2"), 0, 0.8, validation={"accuracy": 0.81}),
        write_run(tmp_path / "runs", CELL, 10, 0.8, read_from="lstm-paper-2-10"),
        write_run(tmp_path / "runs", CELL, 2, 0.9),
    ]
    found = read_records(tmp_path / "runs")
    assert [record.name for record in found] == ["lstm-paper-1-2", "lstm-paper-1-10", "lstm-paper-2-0"]
    assert sorted(found, key=lambda record: record.seed) == sorted(written, key=lambda record: record.seed)
    assert {file.name for file in (tmp_path / "runs").iterdir()} == {
        name for record in written for name in (f"{record.name}.json", f"{record.name}.predictions.z")
    }


def test_no_folder_holds_no_runs(tmp_path: Path) -> None:
    assert read_records(tmp_path / "none") == []


def test_the_accuracy_is_recomputed_exactly(tmp_path: Path) -> None:
    record = write_run(tmp_path, CELL, 0, 0.8)
    right = right_answers(tmp_path, record, truth_of(400))
    assert right.mean() == record.test_accuracy
    assert (read_answers(tmp_path, record).labels == answers(0.8, 400, 0).argmax(axis=1)).all()
    with pytest.raises(DataError, match=r"answers are 0\.\d+ right, its record says"):
        right_answers(tmp_path, record, 1 - truth_of(400))
    with pytest.raises(DataError, match="answered 400 test rows, there are 399"):
        right_answers(tmp_path, record, truth_of(399))


def test_a_run_is_replaced_whole(tmp_path: Path) -> None:
    write_run(tmp_path, CELL, 0, 0.8)
    second = write_run(tmp_path, CELL, 0, 0.95)
    assert read_records(tmp_path) == [second]


@pytest.mark.parametrize("file", ["lstm-paper-1-0.predictions.z", "lstm-paper-1-0.json"])
@pytest.mark.parametrize("existing", [False, True])
def test_a_cut_leaves_no_run_without_its_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, existing: bool) -> None:  # noqa: FBT001  # fmt: skip
    write_run(tmp_path, CELL, 7, 0.9)
    if existing:
        write_run(tmp_path, CELL, 0, 0.8)
    replaced = Path.replace

    def full_disk(self: Path, target: Path) -> Path:
        if target.name == file:
            raise OSError(28, "No space left on device")
        return replaced(self, target)

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(BundleError, match="lstm-paper-1-0 cannot be written: No space left on device"):
        write_run(tmp_path, CELL, 0, 0.95)
    assert [record.seed for record in read_records(tmp_path)] == [7]
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".tmp")]


def test_what_a_killed_process_leaves_is_no_run(tmp_path: Path) -> None:
    record = write_run(tmp_path, CELL, 0, 0.8)
    (tmp_path / ".lstm-paper-1-1.json.tmp").write_text('{"model": "ls', encoding="utf-8")
    (tmp_path / "lstm-paper-1-1.predictions.z").write_bytes(b"whole, but its run is not")
    assert read_records(tmp_path) == [record]


def test_answers_are_checked(tmp_path: Path) -> None:
    record = write_run(tmp_path, CELL, 0, 0.8)
    file = tmp_path / record.predictions["file"]
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(DataError, match=r"predictions\.z differs from its checksum"):
        read_records(tmp_path)
    file.unlink()
    with pytest.raises(DataError, match=r"lstm-paper-1-0 has no file of answers"):
        read_records(tmp_path)


def changed(**values: Any) -> Any:
    return lambda content: json.dumps({**json.loads(content), **values})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content[:100], "is incomplete or is not a run"),
        (lambda _: "", "is incomplete or is not a run"),
        (lambda _: "[1, 2]", 'is not a run of this version: "commit" is missing or unknown'),
        (lambda _: '{"format_version": 1}', "is not a run of this version"),
        (changed(gpu="none"), '"gpu" is missing or unknown'),
        (changed(seed=3), r"holds the run lstm-paper-1-3; give it its name back"),
        (changed(seed="0"), "seed '0': expected a whole number from 0"),
        (changed(model=None), "is not a run: "),
        (changed(model="../lstm"), r'is not a run: model "\.\./lstm"'),
        (changed(predictions={}), "has no file of answers"),
        (changed(predictions=[]), "has no file of answers"),
    ],
)
def test_torn_and_foreign_files_are_named(tmp_path: Path, change: Any, message: str) -> None:
    write_run(tmp_path, CELL, 0, 0.8)
    file = tmp_path / "lstm-paper-1-0.json"
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_records(tmp_path)


def test_answers_are_read_from_the_folder_only(tmp_path: Path) -> None:
    record = write_run(tmp_path / "runs", CELL, 0, 0.8)
    outside = tmp_path / "outside"
    outside.write_bytes((tmp_path / "runs" / record.predictions["file"]).read_bytes())
    elsewhere = replace(record, predictions={**record.predictions, "file": "../outside"})
    with pytest.raises(DataError, match="has no file of answers"):
        read_answers(tmp_path / "runs", elsewhere)


@pytest.mark.parametrize(
    "model", ["", ".", "..", "a/b", "a\\b", "a b", "a-b", ".hidden", "a:b", "模型", "x" * 65, "a\n"]
)
def test_models_that_are_no_file_names_are_refused(model: str) -> None:
    with pytest.raises(ConfigError, match="it becomes part of a file name"):
        run(model, "1", 0, 0.5)


@pytest.mark.parametrize("setting", ["", "-", "a/b", "a b", "..", "-a", "x" * 65])
def test_settings_that_are_no_file_names_are_refused(setting: str) -> None:
    with pytest.raises(ConfigError, match="it becomes part of a file name"):
        run("lstm", setting, 0, 0.5)


@pytest.mark.parametrize("seed", [-1, True, 1.0, "1", None])
def test_seeds_are_whole_numbers(seed: Any) -> None:
    with pytest.raises(ConfigError, match="expected a whole number from 0"):
        run("lstm", "1", seed, 0.5)


@given(st.lists(st.tuples(st.from_regex(records.MODEL, fullmatch=True), st.from_regex(records.SETTING, fullmatch=True), st.integers(0, 99)), unique=True))  # fmt: skip
def test_different_runs_have_different_names(cells: list[tuple[str, str, int]]) -> None:
    assert len({run_name(*cell) for cell in cells}) == len(cells)


def test_a_figure_that_is_not_finite_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    before = write_run(tmp_path, CELL, 0, 0.8)
    with pytest.raises(DataError, match="lstm-paper-1-0 holds a number that is not finite"):
        run(*CELL, 0, math.nan).write(tmp_path, np.eye(2))
    assert read_records(tmp_path) == [before]
