"""Ctrl-C, and a reader that goes away: processes of their own."""

from __future__ import annotations

import io
import json
import shlex
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from safetensors import safe_open

import reread as reread_package
from reread.apps.cli import main
from reread.train.interrupts import Interrupts
from support.command_line import TINY, Command, reread_process

ENDLESS = (
    f"train good.csv -o x.reread --no-baseline --model rnn {TINY.replace('--epochs 1', '--epochs 100000')}"
    " --batch-size 4 --set training.patience=none --set training.evaluations=none"
)


def interrupted(command: str, sign: str) -> tuple[int, str]:
    """Exit code and standard error of a command that gets Ctrl-C as soon as it has written ``sign``."""
    process = reread_process(shlex.split(command))
    with process, process_error(process) as error:
        said = ""
        for line in error:
            said += line
            if sign in line:
                process.send_signal(signal.SIGINT)
                sign = "\0"  # once is enough
    return process.returncode, said


class Heard:
    """A handler of Ctrl-C that remembers it, as that of the command line."""

    def __init__(self, asked: bool) -> None:  # noqa: FBT001  # what it remembers
        self.asked = asked

    def __call__(self, *_: object) -> None:
        raise KeyboardInterrupt


def process_error(process: subprocess.Popen[str]) -> io.TextIOBase:
    assert isinstance(process.stderr, io.TextIOBase)
    return process.stderr


def test_ctrl_c_keeps_what_was_learned_and_resume_goes_on_to_the_same_weights(work: Path, reread: Command) -> None:
    code, said = interrupted(ENDLESS, "epoch 2.0")
    assert code == 130
    assert "Traceback" not in said
    assert not Path("x.reread").exists()
    assert {path.name for path in Path("x.reread.partial").iterdir()} == {"checkpoint.safetensors", "run.json"}
    with safe_open("x.reread.partial/checkpoint.safetensors", framework="np") as checkpoint:
        step = json.loads(checkpoint.metadata()["facts"])["step"]
    assert said.splitlines()[-1] == (
        f"reread: interrupted; x.reread.partial keeps the network as of step {step:,}: "
        "the same command with --resume continues from there"
    )

    refused = reread(f"{ENDLESS.replace('--batch-size 4', '--batch-size 5')} --resume")
    assert refused.err.splitlines()[-1] == (
        "reread: --resume: --batch-size 5 differs from the interrupted run's 4; "
        "use its options or start afresh with --overwrite"
    )
    assert refused.code == 2
    steps = step + 20
    resumed = reread(f"{ENDLESS} --resume --steps {steps}")
    assert f"the network's training goes on at step {step:,}\n" in resumed.err
    assert not Path("x.reread.partial").exists()
    assert reread(f"{ENDLESS.replace('x.reread', 'y.reread')} --steps {steps}").code == 0
    one, other = (Path(folder, "weights.safetensors").read_bytes() for folder in ("x.reread", "y.reread"))
    assert one == other


def test_a_run_that_ended_before_its_first_checkpoint_begins_anew_and_says_so(
    work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    command, anew = f"{ENDLESS} --steps 3", "the run ended before its first checkpoint, so the network begins anew"
    with monkeypatch.context() as killed:
        killed.setattr("reread.apps.cli.training.fit", killed_at_once)
        with pytest.raises(SystemExit):
            reread(command)
    assert {path.name for path in Path("x.reread.partial").iterdir()} == {"run.json"}
    resumed = reread(f"{command} --resume")
    assert resumed.code == 0
    assert resumed.err.count(f"{anew}; checkpoints are written every 30 seconds") == 1
    assert anew not in reread(f"{command} --overwrite").err


def killed_at_once(*_: object, **__: object) -> None:
    raise SystemExit(137)


def test_ctrl_c_before_anything_was_learned_leaves_nothing(
    work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("reread.pipeline.fit.prepare", stop)
    outcome = reread(ENDLESS)
    assert outcome.code == 130
    assert outcome.err.splitlines()[-1] == "reread: interrupted; nothing was learned yet"
    assert {path.name for path in Path().iterdir()} == {"good.csv", "model.reread"}


@pytest.mark.parametrize("seconds", [0.01, 0.05, 0.2])
def test_ctrl_c_while_modules_are_imported_is_one_line(seconds: float, work: Path) -> None:
    script = (  # a shell's background job, and all that it starts, ignore Ctrl-C
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from reread.apps.cli import main; print('begins', flush=True); main()"
    )
    command = [sys.executable, "-c", script, *shlex.split(ENDLESS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        time.sleep(seconds)  # whichever import that meets
        process.send_signal(signal.SIGINT)
        try:
            _, said = process.communicate(timeout=100)
        finally:
            process.kill()  # one that heard nothing would train for ever
    assert process.returncode == 130
    assert said.splitlines()[-1].startswith("reread: interrupted")


@pytest.mark.parametrize("swallowed", [True, False])
def test_ctrl_c_that_an_import_swallowed_still_ends_the_training(swallowed: bool) -> None:  # noqa: FBT001  # a case
    before = signal.signal(signal.SIGINT, Heard(swallowed))
    try:
        with Interrupts() as interrupts:
            assert interrupts.asked == swallowed
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_import_that_ctrl_c_made_fail(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Extensions in C say of any error while they are imported that they cannot be imported."""

    def interrupted_import(_: object) -> int:
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        raise ImportError("multiarray failed to import")

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job may ignore it
    monkeypatch.setattr("reread.apps.cli.run.run", interrupted_import)
    try:
        with pytest.raises(SystemExit, match="130"):
            main()
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err == "reread: interrupted\n"


def test_nothing_but_the_command_line_is_imported_before_ctrl_c_is_caught() -> None:
    script = (
        "import os, sys; before = set(sys.modules); import reread.apps.cli; print(*sorted(set(sys.modules) - before))"
    )
    loaded = subprocess.run([sys.executable, "-S", "-c", script], capture_output=True, text=True, check=True,
                            env={"PYTHONPATH": str(Path(reread_package.__file__).parents[1])}).stdout.split()  # fmt: skip
    assert loaded == [
        "__future__",
        "reread",
        "reread.apps",
        "reread.apps.cli",
        "reread.apps.cli.exit_codes",
        "reread.version",
    ]


@pytest.mark.parametrize(
    ("command", "made"),
    [
        ("explain model.reread --data good.csv --html words.html", "words.html"),
        ("evaluate model.reread good.csv --report how.html", "how.html"),
    ],
)
def test_a_reader_that_goes_away_costs_no_file(command: str, made: str, work: Path) -> None:
    process = reread_process(shlex.split(command))
    with process, process_error(process) as error:
        assert process.stdout is not None
        process.stdout.close()
        assert error.read() == ""
    assert process.returncode == 0
    assert "</html>" in Path(made).read_text(encoding="utf-8")


@pytest.mark.parametrize(("closed", "code"), [("<&-", 2), (">&-", 0), ("2>&-", 0)])
def test_streams_that_are_closed(closed: str, code: int, work: Path) -> None:
    run = f"{shlex.quote(sys.executable)} -c 'from reread.apps.cli import main; main()'"
    data = "-" if closed == "<&-" else "good.csv"
    command = f"{run} predict model.reread {data} -o out.csv {closed}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert code or len(Path("out.csv").read_text(encoding="utf-8").splitlines()) == 31


def test_an_error_does_not_steer_the_terminal(reread: Command) -> None:
    assert reread("verify 'no\x1b[31m'") == (2, "", "reread: no\\x1b[31m does not exist; expected a model folder\n")


def test_results_that_find_no_room_are_one_line(work: Path) -> None:
    with Path("/dev/full").open("w") as full:
        process = subprocess.run(
            [sys.executable, "-c", "from reread.apps.cli import main; main()", "recipes"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    said = "reread: No space left on device; free some space and run the command again\n"
    assert (process.returncode, process.stderr) == (1, said)


def test_a_reader_that_goes_away(work: Path) -> None:
    Path("long.csv").write_text("text\n" + "a lovely film\n" * 20_000, encoding="utf-8")
    process = reread_process(["predict", "model.reread", "long.csv"])
    with process, process_error(process) as error:
        assert process.stdout is not None
        assert process.stdout.readline() == "text,prediction,probability:neg,probability:pos,error\n"
        process.stdout.close()
        assert error.read() == ""
    assert process.returncode == 1
