"""Two trainings of one folder at once: the second is told, and a killed one stands in nobody's way."""

from __future__ import annotations

import shlex
import time
from pathlib import Path

import pytest

from support.command_line import TINY, Command, reread_process

LONG = (
    f"train good.csv -o x.reread --no-baseline --model rnn {TINY.replace('--epochs 1', '--epochs 100000')}"
    " --batch-size 4 --set training.patience=none --set training.checkpoint_seconds=0"
)
SHORT = f"train good.csv -o x.reread --no-baseline --model rnn --no-report {TINY}"


def test_the_second_of_two_trainings_is_told_until_the_first_is_gone(work: Path, reread: Command) -> None:
    checkpoint = Path("x.reread.partial/checkpoint.safetensors")
    with reread_process(shlex.split(f"{LONG} --quiet")) as first:
        try:
            while not checkpoint.exists():
                assert first.poll() is None
                time.sleep(0.01)
            told = (
                f"reread: x.reread: another training writes this folder (process {first.pid}); wait for its end, "
                "or choose another folder with -o"
            )
            for options in ("", "--overwrite", "--resume", "--overwrite --resume"):
                second = reread(f"{SHORT} {options}")
                assert (second.code, second.out, second.err.splitlines()) == (2, "", [told])
            assert first.poll() is None
            assert checkpoint.exists(), "the second changed nothing"
        finally:
            first.kill()
    assert (
        reread(f"{SHORT}").err.splitlines()[-1].startswith("reread: x.reread.partial holds a run that was interrupted")
    )
    assert reread(f"{SHORT} --overwrite").code == 0
    assert Path("x.reread/model.onnx").exists()
    assert not Path("x.reread.partial").exists()


def test_who_comes_while_the_rows_are_read_is_told_too(
    work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first begins after the second has checked its places."""
    monkeypatch.setattr("reread.pipeline.partial.PartialRun.check_free", lambda _: None)
    with reread_process(shlex.split(f"{LONG} --quiet")) as first:
        try:
            while not Path("x.reread.partial/checkpoint.safetensors").exists():
                assert first.poll() is None
                time.sleep(0.01)
            second = reread(f"{SHORT} --overwrite")
            assert second.code == 2
            assert f"another training writes this folder (process {first.pid})" in second.err.splitlines()[-1]
            assert Path("x.reread.partial/run.json").exists()
        finally:
            first.kill()
