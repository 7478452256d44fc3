"""Tables and figures of the runs that are there."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from reread.errors import ConfigError, DataError
from reread.lab.experiments.experiment import Experiment
from reread.lab.experiments.records import put
from reread.lab.experiments.write_up import Result
from reread.locks import lock
from support.small_experiments import EXPERIMENT, Heard, compared, compared_here, lay_out


def test_tables_of_what_is_there_name_what_is_missing_and_train_nothing(tmp_path: Path) -> None:
    path = lay_out(tmp_path)
    result = compared(path, Heard(), train=False)
    assert (len(result.records), result.missing) == (0, 8)
    assert not (path.with_suffix("") / "baseline.json").exists()
    assert not any(cell.model == "linear baseline" for cell in result.summary.cells)


def test_tables_are_of_runs_of_the_experiment_as_it_is_now(done: tuple[Path, Result, Heard], tmp_path: Path) -> None:
    shutil.copytree(done[0].parent, tmp_path, dirs_exist_ok=True)
    path = tmp_path / done[0].name
    assert compared(path, Heard(), train=False).summary == done[1].summary
    path.write_text(path.read_text(encoding="utf-8") + "[overrides.training]\nlearning_rate = 0.5\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"was made with training.learning_rate = 0\.001, .* now has 0\.5"):
        compared(path, Heard(), train=False)


def test_a_baseline_of_an_earlier_version_is_read_and_made_again_with_its_answers(
    done: tuple[Path, Result, Heard], tmp_path: Path
) -> None:
    shutil.copytree(done[0].parent, tmp_path, dirs_exist_ok=True)
    path, file = tmp_path / done[0].name, tmp_path / "small" / "baseline.json"
    record = json.loads(file.read_text(encoding="utf-8"))
    put(file, json.dumps({key: value for key, value in record.items() if key != "predictions"}).encode())
    (tmp_path / "small" / "baseline.predictions.z").unlink()

    def tested(result: Result) -> set[bool]:
        assert {cell.n for cell in result.summary.cells if cell.model == "linear baseline"} == {1}
        return {one.second == "linear baseline" for one in result.summary.comparisons}

    assert tested(compared(path, Heard(), train=False)) == {False}
    assert tested(compared(path, Heard())) == {True, False}
    assert json.loads(file.read_text(encoding="utf-8"))["predictions"] == record["predictions"]
    for torn in (b'{"test_accuracy": 0.5', b"[]", b'{"test_accuracy": null}'):
        put(file, torn)
        with pytest.raises(DataError, match=r"baseline\.json is incomplete or is not a baseline .*; delete it"):
            compared(path, Heard(), train=False)


def test_the_page_holds_the_figures(done: tuple[Path, Result, Heard]) -> None:
    page = (done[0].with_suffix("") / "table.html").read_text(encoding="utf-8")
    for setting in ("short", "long"):
        svg = (done[0].with_suffix("") / f"curves-{setting}.svg").read_bytes()
        assert f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}" in page


def test_runs_too_short_for_a_curve_have_a_table(tmp_path: Path) -> None:
    text = EXPERIMENT.replace("every = 2", "every = 6").replace('"rnn", "lstm"', '"rnn"')
    result = compared_here(lay_out(tmp_path, text), Heard())
    assert [file.name for file in result.files if "curves" in file.name] == ["curves-long.svg", "curves-long.png"]
    assert "No figure of short: runs of rnn under short ended before their first measurement; make curve.every smaller." in result.summary.notes  # fmt: skip


def test_two_machines_do_not_write_tables_at_the_same_time(
    done: tuple[Path, Result, Heard], monkeypatch: pytest.MonkeyPatch
) -> None:
    free: list[bool] = []

    def write_up(experiment: Experiment, *_: Any) -> Result:
        with lock(experiment.folder / ".locks", "tables") as ours:
            free.append(ours)
        return done[1]

    monkeypatch.setattr("reread.lab.experiments.compare.write_up", write_up)
    compared(done[0], Heard(), train=False)
    assert free == [False]
