"""`reread train --unlabelled`, killed with SIGKILL and resumed: the model of a run left alone, to the bit."""

from __future__ import annotations

import csv
import signal
import time
from pathlib import Path

import pytest

from support.command_line import TINY, Command, reread_process
from support.few_labels import rows_of

TRAIN = f"train few.csv --unlabelled more.txt --validation 0.2 {TINY.replace('--epochs 1', '--epochs 80')} --set training.patience=none"


@pytest.fixture
def few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with few labelled texts and many others; the working directory."""
    monkeypatch.chdir(tmp_path)
    labelled, labels, others, _, _ = rows_of()
    with Path("few.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("text", "label"), *zip(labelled, labels, strict=True)])
    Path("more.txt").write_text("\n".join([*others, ""]), encoding="utf-8")
    return tmp_path


def test_a_run_with_texts_that_is_killed_twice_ends_as_one_left_alone(few: Path, reread: Command) -> None:
    alone = reread(f"{TRAIN} -o alone.reread")
    assert alone.code == 0, alone.err
    assert "taught by itself on 600 texts" in alone.err
    command = f"{TRAIN} -o killed.reread --set training.checkpoint_seconds=0"
    for made in ("vectors", "checkpoint"):
        process = reread_process([*command.split(), *(["--resume"] if made != "vectors" else [])], folder=few)
        while not Path("killed.reread.partial", f"{made}.safetensors").exists():
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    outcome = reread(f"{command} --resume")
    assert outcome.code == 0, outcome.err
    for name in ("weights.safetensors", "baseline.safetensors"):
        assert Path("killed.reread", name).read_bytes() == Path("alone.reread", name).read_bytes()
    assert not Path("killed.reread.partial").exists()
