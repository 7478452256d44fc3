"""`reread tune`: processes of their own where they are killed, interrupted or share a study."""

from __future__ import annotations

import io
import json
import shlex
import signal
import time
import tomllib
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from reread import load
from reread.apps.cli.invocation import Invocation
from reread.apps.cli.run import run
from reread.apps.cli.tuning_helpers import Helpers
from reread.locks import lock
from support.command_line import TINY, Command, reread_process, reviews

SMALL = f"tune good.csv -o m.reread --model rnn {TINY} --set training.evaluations=2 --set model.word_dropout=0"
TRIALS = 4


def trials_of(study: str) -> list[dict[str, Any]]:
    """The finished trials of a study, in the order in which they ended: their values, as the journal has them."""
    found: dict[int, dict[str, Any]] = {}
    number = -1
    for line in Path(study, "journal.log").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry["op_code"] == 4:  # a trial begins
            number += 1
            found[number] = {}
        elif entry["op_code"] == 5:  # a value of it
            found[entry["trial_id"]][entry["param_name"]] = entry["param_value_internal"]
        elif entry["op_code"] == 6:
            found[entry["trial_id"]]["state"] = entry["state"]
        elif entry["op_code"] == 8 and "worker" in entry["user_attr"]:
            found[entry["trial_id"]]["worker"] = entry["user_attr"]["worker"]
    return list(found.values())


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A folder with a search that nothing disturbed, and what it said; not to be changed."""
    folder = tmp_path_factory.mktemp("tuned")
    (folder / "good.csv").write_text(reviews(), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as out:
        patch.chdir(folder)
        assert run([*shlex.split(SMALL), "--trials", str(TRIALS), "--json"]) == 0
    return folder, json.loads(out.getvalue())


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with the same rows and nothing else."""
    monkeypatch.chdir(tmp_path)
    Path("good.csv").write_text(reviews(), encoding="utf-8")
    return tmp_path


def test_it_ends_in_a_model_its_study_and_what_was_found(tuned: tuple[Path, dict[str, Any]]) -> None:
    folder, told = tuned
    assert {path.name for path in folder.iterdir()} == {"good.csv", "m.reread", "m.reread.study"}
    assert {path.name for path in (folder / "m.reread.study").iterdir()} == {
        "best.toml", "journal.log", "journal.log.lock", "locks", "tuning.html",
    }  # fmt: skip
    assert (told["model"], told["study"], told["trials"], told["metric"]) == (
        "m.reread", "m.reread.study", TRIALS, "accuracy",
    )  # fmt: skip
    assert told["best"]["value"] >= told["defaults"]
    assert told["best"]["value"] == told["training"]["validation"]["accuracy"]
    assert told["seconds"] >= told["training"]["seconds"]
    assert set(told["best"]["settings"]) == {
        "model.pooling", "model.embedding_dropout", "model.dropout", "training.learning_rate", "training.batch_size",
        "training.label_smoothing",
    }  # fmt: skip
    page = (folder / "m.reread.study" / "tuning.html").read_text(encoding="utf-8")
    assert page.count("at its end, the linear member alone") == TRIALS  # too few rows are held out for more
    assert "reread train --config m.reread.study/best.toml -o FOLDER" in page
    assert page.count("(the defaults)") == 1


def test_best_toml_repeats_the_model(tuned: tuple[Path, dict[str, Any]], rows: Path, reread: Command) -> None:
    folder, told = tuned
    options = tomllib.loads((folder / "m.reread.study" / "best.toml").read_text(encoding="utf-8"))
    assert options["data"] == ["good.csv"]
    assert {"minutes", "trials", "space", "overwrite"} & options.keys() == set()
    outcome = reread(f"train --config {folder}/m.reread.study/best.toml -o again.reread --json --quiet")
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["validation"] == told["training"]["validation"]
    one, other = (Path(model, "weights.safetensors").read_bytes() for model in (folder / "m.reread", "again.reread"))
    assert one == other
    assert load("again.reread").predict(["a lovely warm film"]) == load(folder / "m.reread").predict(
        ["a lovely warm film"]
    )


def test_killed_and_resumed_it_tries_the_same_and_makes_the_same_model(
    tuned: tuple[Path, dict[str, Any]], rows: Path, reread: Command
) -> None:
    process = reread_process([*shlex.split(SMALL), "--trials", str(TRIALS)])
    with process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("trial 1,"):
                process.send_signal(signal.SIGKILL)
                break
    assert process.returncode == -signal.SIGKILL
    assert not Path("m.reread").exists()

    refused = reread(f"{SMALL} --trials {TRIALS}")
    assert refused.code == 2
    assert refused.err.splitlines()[-1] == (
        "reread: m.reread.study holds a study that was interrupted, has ended or still runs; "
        "join it or continue it with --resume, or start afresh with --overwrite"
    )
    other = reread(f"{SMALL} --trials {TRIALS} --resume --seed 5")
    assert other.code == 2
    assert "differs from the study in m.reread.study; use its options or start afresh with --overwrite" in other.err

    resumed = reread(f"{SMALL} --trials {TRIALS} --resume --json --quiet")
    assert resumed.code == 0, resumed.err
    folder, told = tuned
    assert json.loads(resumed.out)["best"] == told["best"]
    assert whole("m.reread.study") == whole(f"{folder}/m.reread.study")
    one, same = (Path(model, "weights.safetensors").read_bytes() for model in (folder / "m.reread", "m.reread"))
    assert one == same


def whole(study: str) -> list[dict[str, Any]]:
    """The values of the trials that were not killed."""
    ended = [trial for trial in trials_of(study) if trial["state"] in {1, 2}]  # complete, pruned
    return [{name: value for name, value in trial.items() if name != "worker"} for trial in ended]


@pytest.mark.slow
def test_two_processes_share_a_study_and_one_makes_the_model(rows: Path) -> None:
    command = [*shlex.split(SMALL), "--trials", "12", "--json"]
    first = reread_process(command)
    with first:
        assert first.stderr is not None
        for line in first.stderr:
            if line.startswith("trial 0,"):
                break
        with lock(Path("m.reread.study/locks"), "ask", wait=True):  # the first one waits for the second to come
            second = reread_process([*command, "--resume"])
            assert second.stderr is not None
            for line in second.stderr:
                if line.startswith("vocabulary"):
                    break
        said, notes = second.communicate(timeout=100)
        told, more = first.communicate(timeout=100)
    assert (first.returncode, second.returncode) == (0, 0), more + notes
    assert "joining the search in m.reread.study" in notes
    assert json.loads(told)["model"] == "m.reread"
    assert json.loads(told)["trials"] == 12
    assert json.loads(said)["model"] is None
    trials = trials_of("m.reread.study")
    assert [trial["state"] for trial in trials if trial["state"] not in {1, 2}] == []
    assert len(trials) == 12
    assert len({trial["worker"] for trial in trials}) == 2
    assert Path("m.reread/config.json").is_file()


def test_one_command_starts_several_processes(rows: Path, monkeypatch: pytest.MonkeyPatch, reread: Command) -> None:
    monkeypatch.setattr("reread.apps.cli.tuning_helpers.GRACE_SECONDS", 60)
    outcome = reread(f"{SMALL} --trials 6 --processes 2 --json".replace("--threads 1", ""))
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["trials"] == 6
    assert [trial["state"] for trial in trials_of("m.reread.study") if trial["state"] not in {1, 2}] == []
    assert tomllib.loads(Path("m.reread/run.toml").read_text(encoding="utf-8"))["threads"] == 1
    assert Path("m.reread/config.json").is_file()


def test_helpers_are_told_the_time_that_is_left_and_do_not_outlive_the_search(
    rows: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = ("tune", "good.csv", "--minutes", "5", "--processes", "3")
    notes: list[str] = []
    helpers = Helpers(2, Invocation(0.0, typed), 1, deadline=time.monotonic() + 120, note=notes.append)
    options = helpers._arguments()
    assert tuple(options[: len(typed)]) == typed
    assert options[len(typed) : -1] == ["--resume", "--quiet", "--processes", "1", "--threads", "1", "--minutes"]
    assert 1.9 < float(options[-1]) <= 2
    monkeypatch.setattr("reread.apps.cli.tuning_helpers.GRACE_SECONDS", 0.01)
    with helpers:
        assert len(helpers._processes) == 2
    assert all(process.returncode is not None for process in helpers._processes)
    assert notes == []
    monkeypatch.setattr("reread.apps.cli.tuning_helpers.GRACE_SECONDS", 60)
    with Helpers(1, Invocation(0.0, ("tune", "none.csv", "--trials", "1")), None, deadline=None, note=notes.append):
        pass
    assert notes == ["a helping process failed: reread: none.reread.study holds no study; start one without --resume"]


def test_ctrl_c_keeps_what_was_learned(rows: Path, reread: Command) -> None:
    process = reread_process([*shlex.split(SMALL), "--trials", "100000"])
    with process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if line.startswith("trial 1,"):
                process.send_signal(signal.SIGINT)
            # Many may have come before the signal; where a shell has told its children to ignore Ctrl-C, it never ends.
            if line.startswith("trial 2000,"):
                process.kill()
    assert process.returncode == 130
    assert said.splitlines()[-1] == (
        "reread: interrupted; what was learned is kept in m.reread.study: the same command with --resume continues from there"
    )
    assert "Traceback" not in said
    assert {"best.toml", "tuning.html"} <= {path.name for path in Path("m.reread.study").iterdir()}
    assert not Path("m.reread").exists()
    resumed = json.loads(reread(f"{SMALL} --trials 2 --resume --json").out)
    assert resumed["trials"] >= 2
    assert Path("m.reread").is_dir()
    again = reread(f"{SMALL} --trials 2 --resume")
    assert again.err == "reread: m.reread exists; choose another folder with -o or pass --overwrite\n"
    assert reread(f"{SMALL} --trials 1 --overwrite --quiet").code == 0
    assert len(trials_of("m.reread.study")) == 1


def test_a_search_that_learned_nothing_leaves_nothing(rows: Path, reread: Command) -> None:
    outcome = reread(f"{SMALL} --trials 2 --learning-rate 1e30 --set training.optimiser=sgd --set training.clip=none")
    assert outcome.code == 1
    assert "lower the learning rate" in outcome.err.splitlines()[-1]
    assert {path.name for path in rows.iterdir()} == {"good.csv"}


def test_a_time_that_is_too_short_for_a_trial_trains_the_defaults(rows: Path, reread: Command) -> None:
    outcome = reread(f"{SMALL} --minutes 0.05 --epochs 100000")
    assert outcome.code == 0, outcome.err
    assert "training the defaults: the time was too short for a whole trial" in outcome.err
    assert outcome.out.splitlines()[-1] == (
        "m.reread.study: the time was too short for a whole trial; the defaults were trained; pass more --minutes"
    )
    assert Path("m.reread/config.json").is_file()
    assert not Path("m.reread.study/best.toml").exists()


def test_several_targets_are_compared_by_the_first(rows: Path, reread: Command) -> None:
    lines = [f'"film {k} is {("lovely", "dull")[k % 2]}",{("pos", "neg")[k % 2]},{k % 7}.5' for k in range(60)]
    Path("good.csv").write_text("\n".join(["text,mood,price", *lines, ""]), encoding="utf-8")
    outcome = reread(f"{SMALL} --label mood --target price --trials 2 --json")
    assert outcome.code == 0, outcome.err
    told = json.loads(outcome.out)
    assert told["metric"] == "mood.accuracy"
    assert told["best"]["value"] == told["training"]["validation"]["mood.accuracy"]


def test_what_is_typed_is_not_searched_and_a_space_is_read(rows: Path, reread: Command) -> None:
    space = "[model]\nhidden = {choice = [4, 6]}\n[training]\nlearning_rate = {log = [0.001, 0.1]}\n"
    Path("space.toml").write_text(space, encoding="utf-8")
    outcome = reread(f"{SMALL} --answer network --space space.toml --trials 2")
    assert outcome.code == 0, outcome.err
    assert "searching training.learning_rate\n" in outcome.err
    assert "The best of 2 trials: " in outcome.out
    assert "m.reread.study/tuning.html shows what mattered" in outcome.out
    assert tomllib.loads(Path("m.reread/run.toml").read_text(encoding="utf-8"))["model"] == "rnn"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "nothing says how long to search; pass --minutes M, --trials N or both"),
        ("--trials 0", "Invalid value for '--trials': 0 is not in the range x>=1; see reread tune --help"),
        ("--trials 2 --resume", "m.reread.study holds no study; start one without --resume"),
        ("--trials 2 --space none.toml", "--space none.toml: there is no such file"),
        ("--trials 2 --set training.validation=0", "validation = 0: settings are compared on rows held out; hold out a share such as 0.1"),
        ("--trials 2 --processes 2 -", "--processes 2 with standard input, which only one can read; name a file"),
        ("--trials 2 --no-report --slice label", "--no-report and --slice label contradict each other; leave one of them out"),
    ],
)  # fmt: skip
def test_what_is_refused(rows: Path, reread: Command, options: str, message: str) -> None:
    outcome = reread(f"{SMALL} {options}")
    assert (outcome.code, outcome.err.splitlines()[-1:]) == (2, [f"reread: {message}"])
    assert {path.name for path in rows.iterdir()} == {"good.csv"}


def test_a_study_s_folder_that_is_something_else(rows: Path, reread: Command) -> None:
    Path("m.reread.study").mkdir()
    Path("m.reread.study/mine.txt").write_text("mine", encoding="utf-8")
    outcome = reread(f"{SMALL} --trials 2 --overwrite")
    assert outcome.code == 2
    assert outcome.err == (
        "reread: m.reread.study is there and holds no study; move it elsewhere, or choose another folder with -o\n"
    )
    assert Path("m.reread.study/mine.txt").is_file()


def test_a_study_that_another_command_works_on_is_not_removed(rows: Path, reread: Command) -> None:
    assert reread(f"{SMALL} --trials 1 --quiet").code == 0
    with lock(Path("m.reread.study/locks"), "leader"):
        outcome = reread(f"{SMALL} --trials 1 --overwrite")
    assert outcome.code == 2
    assert outcome.err == (
        "reread: another command searches in m.reread.study; end it before you start afresh with --overwrite\n"
    )
    assert Path("m.reread.study/journal.log").is_file()
