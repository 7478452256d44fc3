"""Studies: who tries what, after kills too."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from reread.errors import BundleError, ConfigError
from reread.lab.tune.kinds import Choice, LogRange, Range
from reread.lab.tune.space import Space
from reread.lab.tune.standing import Standing
from reread.lab.tune.study import TRIES, Study, first_difference, holds_study

SPACE = Space(
    "small", {"model.hidden": LogRange(4, 64), "model.dropout": Range(0.0, 0.5), "model.latent": Choice(((), (8,)))}
)
DEFAULTS = {"model.hidden": 16, "model.dropout": 0.123456789, "model.latent": (8,)}
PROCESS = """
import sys; from pathlib import Path
from test_study import opened
with opened(Path(sys.argv[1])) as study:
    while (trial := study.ask(int(sys.argv[2]))) is not None:
        print(trial.number, flush=True)
        sys.stdin.readline()
        trial.finish(-trial.settings["model.dropout"], 1.0, 0.5)
"""


def opened(folder: Path, identity: Mapping[str, Any] | None = None, *, maximise: bool = True) -> Study:
    return Study(folder, SPACE, defaults=DEFAULTS, identity=identity or {"data": 1}, maximise=maximise, seed=3)


def process(folder: Path, most: int) -> subprocess.Popen[str]:
    """A process that asks for a trial, says its number, and ends it when it is told to."""
    place = str(Path(__file__).parent)
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {place!r}){PROCESS}", str(folder), str(most)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_study_knows_which_trials_the_linear_member_answered_alone(tmp_path: Path) -> None:
    with opened(tmp_path) as study:
        for share in (0.0, 0.5, 1.0):
            trial = study.ask(3)
            assert trial is not None
            trial.finish(0.5, 1.0, 0.5, network=share)
        assert [each.linear_alone for each in study.standings()] == [True, False, False]


def run_all(study: Study, most: int) -> list[Mapping[str, Any]]:
    """The settings of the trials that a process tries alone, in order."""
    tried = []
    while (trial := study.ask(most)) is not None:
        tried.append(trial.settings)
        trial.finish(-trial.settings["model.dropout"], 1.0, 0.5)
    return tried


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[Mapping[str, Any]]:
    """The settings of 14 trials, of which the last ones are no longer random."""
    with opened(tmp_path_factory.mktemp("study")) as study:
        return run_all(study, 14)


def test_the_first_trial_is_the_defaults_to_the_last_digit(undisturbed: list[Mapping[str, Any]]) -> None:
    assert undisturbed[0] == DEFAULTS
    assert len({json.dumps(settings) for settings in undisturbed}) == 14
    assert all(len(str(settings["model.dropout"])) <= 9 for settings in undisturbed[1:])


def test_a_study_that_goes_on_tries_what_it_would_have_tried(
    tmp_path: Path, undisturbed: list[Mapping[str, Any]]
) -> None:
    tried = []
    for most in (1, 4, 12, 14):
        with opened(tmp_path) as study:
            tried += run_all(study, most)
    assert tried == undisturbed


def test_a_killed_process_s_trial_is_tried_again(tmp_path: Path, undisturbed: list[Mapping[str, Any]]) -> None:
    with opened(tmp_path) as study:
        run_all(study, 2)
    with process(tmp_path, 14) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "2\n"
        with opened(tmp_path) as study:
            assert (study.others(), study.standings()[2].state) == (1, "running")
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    with opened(tmp_path) as study:
        assert study.others() == 0
        assert run_all(study, 14) == undisturbed[2:]
        states = [trial.state for trial in study.standings()]
    assert states == ["done", "done", "failed", *["done"] * 12]


def test_settings_that_kill_their_process_are_not_tried_for_ever(tmp_path: Path) -> None:
    with opened(tmp_path) as study:
        run_all(study, 1)
        worst = study.ask(3)
        assert worst is not None
        for _ in range(TRIES - 1):
            study._fail(study._study.trials[worst.number])  # as if its process had been killed
            again = study.ask(3)
            assert again is not None
            assert again.settings == worst.settings
            worst = again
        worst.give_back("no time was left")
        worst = study.ask(3)
        assert worst is not None
        study._fail(study._study.trials[worst.number])
        assert worst.settings not in run_all(study, 3)
        assert [trial.state for trial in study.standings()] == ["done", *["failed"] * (TRIES + 1), "done"]


def test_two_processes_share_the_trials(tmp_path: Path) -> None:
    opened(tmp_path)
    with process(tmp_path, 8) as one, process(tmp_path, 8) as other:
        numbers = []
        for k in range(8):
            each = (one, other)[k % 2]
            assert each.stdin is not None
            assert each.stdout is not None
            if k >= 2:  # both hold a trial all the time
                print(file=each.stdin, flush=True)
            numbers.append(int(each.stdout.readline()))
        for each in (one, other):
            with suppress(BrokenPipeError):
                each.communicate("\n" * 8)
    assert sorted(numbers[:2]) == [0, 1]
    assert one.returncode == other.returncode == 0
    with opened(tmp_path) as study:
        standings = study.standings()
    assert [trial.number for trial in standings] == list(range(8))
    assert {trial.state for trial in standings} == {"done"}


@pytest.mark.parametrize("maximise", [True, False])
def test_the_best_is_the_earliest_of_the_best(tmp_path: Path, maximise: bool) -> None:  # noqa: FBT001  # a case
    with opened(tmp_path, maximise=maximise) as study:
        for value in (0.5, 0.7, 0.3, 0.7, 0.3):
            trial = study.ask(None)
            assert trial is not None
            trial.finish(value, 1.0, 0.5)
        pruned = study.ask(None)
        assert pruned is not None
        pruned.prune("worse than most", 0.1)
        best = study.best()
    assert isinstance(best, Standing)
    assert best.number == (1 if maximise else 2)


def test_a_bad_trial_is_pruned_and_the_defaults_never_are(tmp_path: Path) -> None:
    with opened(tmp_path) as study:
        for number in range(5):
            trial = study.ask(None)
            assert trial is not None
            assert [trial.report(0.9 - number / 100) for _ in range(5)] == [False] * 5
            trial.finish(0.9, 1.0, 0.5)
        bad = study.ask(None)
        assert bad is not None
        assert [bad.report(0.865) for _ in range(5)] == [False, False, False, True, True]
        bad.defaults = True
        assert not bad.report(0.1)
        middling = study.ask(None)
        assert middling is not None
        assert [middling.report(0.875) for _ in range(5)] == [False] * 5


def test_another_search_does_not_join(tmp_path: Path) -> None:
    opened(tmp_path, {"data": {"rows": 3}, "plan": {"recipe": {"model": {"hidden": 8}}}})
    with pytest.raises(ConfigError, match=r"resume=True: data\.rows differs from the study in"):
        opened(tmp_path, {"data": {"rows": 4}, "plan": {"recipe": {"model": {"hidden": 8}}}})
    assert first_difference({"a": 1}, {"a": 1, "b": None}) == ""
    assert first_difference({"a": [1]}, {"a": [2]}) == "a"


def test_half_a_line_of_the_journal_is_cut_away(tmp_path: Path) -> None:
    with opened(tmp_path) as study:
        run_all(study, 2)
    assert holds_study(tmp_path)
    with (tmp_path / "journal.log").open("ab") as journal:
        journal.write(b'{"op_code":4,"wor')
    with opened(tmp_path) as study:
        run_all(study, 4)
        assert len(study.standings()) == 4


def test_a_journal_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "journal.log").write_text("no journal\nat all\n", encoding="utf-8")
    with pytest.raises(BundleError, match=r"journal\.log cannot be read; start afresh with overwrite=True"):
        opened(tmp_path)


def test_importance_needs_trials_that_differ(tmp_path: Path) -> None:
    with opened(tmp_path) as study:
        run_all(study, 4)
        assert study.importance() == {}
        run_all(study, 14)
        shares = study.importance()
    assert set(shares) == set(SPACE.settings)
    assert max(shares, key=shares.__getitem__) == "model.dropout"  # nothing else changes the figure
    assert sum(shares.values()) == pytest.approx(1)
