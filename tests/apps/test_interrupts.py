"""Ctrl-C, and a reader that goes away: processes of their own."""

from __future__ import annotations

import io
import json
import shlex
import signal
import subprocess
from pathlib import Path

import pytest
from safetensors import safe_open

from support.command_line import TINY, Command, reread_process

ENDLESS = (
    f"train good.csv -o x.reread --no-baseline --model rnn {TINY.replace('--epochs 1', '--epochs 100000')}"
    " --batch-size 4 --set training.patience=none"
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


def process_error(process: subprocess.Popen[str]) -> io.TextIOBase:
    assert isinstance(process.stderr, io.TextIOBase)
    return process.stderr


def test_ctrl_c_keeps_what_was_learned_and_resume_goes_on_to_the_same_weights(work: Path, reread: Command) -> None:
    code, said = interrupted(ENDLESS, "epoch 2.0")
    assert code == 130
    assert said.splitlines()[-1] == (
        "reread: interrupted; what was learned is kept in x.reread.partial: "
        "the same command with --resume goes on from there"
    )
    assert "Traceback" not in said
    assert not Path("x.reread").exists()
    assert {path.name for path in Path("x.reread.partial").iterdir()} == {"checkpoint.safetensors", "run.json"}

    refused = reread(f"{ENDLESS.replace('--batch-size 4', '--batch-size 5')} --resume")
    assert refused.err.splitlines()[-1] == (
        "reread: --resume: recipe.training.batch_size differs from the interrupted run; "
        "use its options or start afresh with --overwrite"
    )
    assert refused.code == 2
    with safe_open("x.reread.partial/checkpoint.safetensors", framework="np") as checkpoint:
        steps = json.loads(checkpoint.metadata()["facts"])["step"] + 20
    assert reread(f"{ENDLESS} --resume --steps {steps}").code == 0
    assert not Path("x.reread.partial").exists()
    assert reread(f"{ENDLESS.replace('x.reread', 'y.reread')} --steps {steps}").code == 0
    one, other = (Path(folder, "weights.safetensors").read_bytes() for folder in ("x.reread", "y.reread"))
    assert one == other


def test_ctrl_c_before_anything_was_learned_leaves_nothing(
    work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("reread.estimators.fit.prepare", stop)
    outcome = reread(ENDLESS)
    assert outcome.code == 130
    assert outcome.err.splitlines()[-1] == "reread: interrupted"
    assert {path.name for path in Path().iterdir()} == {"good.csv", "model.reread"}


def test_a_reader_that_goes_away(work: Path) -> None:
    Path("long.csv").write_text("text\n" + "a lovely film\n" * 20_000, encoding="utf-8")
    process = reread_process(["predict", "model.reread", "long.csv"])
    with process, process_error(process) as error:
        assert process.stdout is not None
        assert process.stdout.readline() == "text,prediction,probability:neg,probability:pos,error\n"
        process.stdout.close()
        assert error.read() == ""
    assert process.returncode == 1
