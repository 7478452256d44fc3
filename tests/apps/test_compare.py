"""`reread compare`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command_line import Command
from support.small_experiments import EXPERIMENT, lay_out

ONE = EXPERIMENT.replace('"rnn", "lstm"', '"rnn"').replace("seeds = 2", "seeds = 1")


@pytest.fixture
def experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder holds ``small.toml`` and its data."""
    monkeypatch.chdir(tmp_path)
    return lay_out(tmp_path, ONE)


def test_a_comparison_prints_its_table_and_goes_on_where_it_stopped(experiment: Path, reread: Command) -> None:
    first = reread("compare small.toml --threads 1")
    assert first.code == 0
    assert "24 training rows, 12 test rows" in first.err
    assert "linear baseline" in first.out
    assert "small: 2 runs; tables and figures beside them" in first.out

    again = reread("compare small.toml")
    assert again.code == 2
    assert again.err.splitlines()[-1] == (
        f"reread: {Path('small/runs')} holds finished runs; continue with --resume, or make their tables with --only-tables"
    )

    more = reread("compare small.toml --seeds 2 --only-tables --quiet")
    assert (more.code, more.err) == (0, "")
    assert "small: 2 runs, 2 missing: --resume trains them; tables and figures beside them" in more.out

    told = json.loads(reread("compare small.toml --resume --json").out)
    assert (told["runs"], told["missing"], told["folder"]) == (2, 0, "small")
    assert {(cell["model"], cell["setting"]) for cell in told["cells"]} == {
        (model, setting) for model in ("rnn", "linear baseline") for setting in ("short", "long")
    }
    assert all(Path(file).is_file() for file in told["files"])
    assert {(one["setting"], one["first"], one["second"]) for one in told["comparisons"]} == {
        (setting, "rnn", "linear baseline") for setting in ("short", "long")
    }
    assert any("standard deviation" in note for note in told["notes"])


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("compare none.toml", "none.toml: No such file or directory; name an experiment's TOML file"),
        (
            "compare small.toml --seeds 0",
            "Invalid value for '--seeds': 0 is not in the range x>=1; see reread compare --help",
        ),
        (
            "compare small.toml --data elsewhere",
            "train.csv is not in elsewhere: name the folder that holds it with --data FOLDER",
        ),
        ("compare", "Missing argument 'EXPERIMENT'; see reread compare --help"),
    ],
)
def test_what_is_refused(experiment: Path, reread: Command, command: str, message: str) -> None:
    outcome = reread(command)
    assert outcome.code == 2
    assert outcome.err.splitlines() == [f"reread: {message}"]
