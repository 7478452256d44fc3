"""`reread train --unlabelled`: killed and resumed, and files that are not as they should be."""

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


@pytest.mark.slow
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


def test_files_of_texts_are_in_the_encoding_that_was_named(few: Path, reread: Command) -> None:
    Path("latin.csv").write_bytes("text\nvoilà un film très décevant\n".encode("cp1252") * 3)
    assert "pass --encoding NAME (perhaps cp1252)" in reread(f"{TRAIN} --unlabelled latin.csv -o a.reread").err
    outcome = reread(f"train few.csv --unlabelled latin.csv --encoding cp1252 {TINY} --steps 1 -o a.reread")
    assert outcome.code == 0, outcome.err


def test_a_row_that_cannot_be_read_is_named_once(few: Path, reread: Command) -> None:
    Path("bad.jsonl").write_text('{"text": "a film"}\nnot json\n', encoding="utf-8")
    outcome = reread(f"train few.csv --unlabelled bad.jsonl {TINY} -o a.reread")
    assert (outcome.code, outcome.err.count("bad.jsonl, line 2")) == (2, 1)
    assert "starts from random numbers" not in outcome.err
    assert "or pass --on-bad-rows set-aside" in outcome.err
    outcome = reread(f"train few.csv --unlabelled bad.jsonl {TINY} --on-bad-rows set-aside -o a.reread")
    assert outcome.code == 0, outcome.err
    assert outcome.err.count("1 unlabelled row that cannot be read passed over: bad.jsonl, line 2: ") == 1


def test_another_column_of_texts_is_named(few: Path, reread: Command) -> None:
    Path("others.csv").write_text("id,review\n1,a warm film\n2,a dull film\n", encoding="utf-8")
    outcome = reread(
        f"train few.csv --text text --unlabelled others.csv --unlabelled more.txt {TINY} --steps 1 -o a.reread"
    )
    assert outcome.code == 0, outcome.err
    assert outcome.err.count('others.csv: the texts are those of column "review"') == 1
    assert "more.txt: the texts" not in outcome.err
    assert (
        "among the texts without labels that it learned from (" in reread("evaluate a.reread few.csv --no-report").out
    )


def test_a_column_that_cannot_be_named_is_to_be_renamed(few: Path, reread: Command) -> None:
    Path("odd.csv").write_text("id,stuff\n1,a film\n", encoding="utf-8")
    outcome = reread(f"train few.csv --unlabelled odd.csv {TINY} -o a.reread")
    assert outcome.code == 2
    assert "odd.csv: --text: no column has a usual name; rename the one with the texts as text" in outcome.err


def test_rows_that_are_to_measure_the_model_are_named(few: Path, reread: Command) -> None:
    outcome = reread(f"train few.csv --unlabelled more.txt --test few.csv {TINY} --steps 1 -o a.reread")
    assert outcome.code == 0, outcome.err
    assert "rows of texts that --test has too: figures on these flatter the model" in outcome.err


def test_what_starts_elsewhere_says_what_reads_texts_there(few: Path, reread: Command) -> None:
    assert reread(f"train few.csv {TINY} --steps 1 -o a.reread").code == 0
    outcome = reread(f"train few.csv --from a.reread --unlabelled more.txt {TINY} -o b.reread")
    assert outcome.code == 2
    assert "pass --set training.objective=mixed with training.unlabelled_batch=64, or leave them out" in outcome.err
    assert "word2vec" not in outcome.err
