"""`reread train --from MODEL`: what is taken over, what is new, and labels that are kept."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from reread import load
from reread.bundle import SEEN, read_bundle
from reread.model.load import models_of
from support.command_line import BLAME, PRAISE, Command, reread_process
from support.folders import sign

START = "--from model.reread --epochs 1 --threads 1 --set training.warmup=0 --no-report"


@pytest.fixture
def meals(work: Path) -> Path:
    """Beside the model of films, rows with one of its labels and a new one."""
    lines = [f"{(PRAISE, BLAME)[k % 2][k % 3]} of a meal {k},{('pos', 'meh')[k % 2]}" for k in range(30)]
    Path("meals.csv").write_text("\n".join(["text,label", *lines, ""]).replace("bright, ", "bright "), encoding="utf-8")
    text = Path("meals.csv").read_text(encoding="utf-8").replace("dim, ", "dim ")
    Path("meals.csv").write_text(text, encoding="utf-8")
    return work


def config(folder: str) -> Any:
    return json.loads(Path(folder, "config.json").read_text(encoding="utf-8"))


def vocabulary(folder: str) -> list[str]:
    words: list[str] = json.loads(Path(folder, "vocabulary.json").read_text(encoding="utf-8"))[0]
    return words


def test_what_is_taken_over_and_what_is_new_is_said(meals: Path, reread: Command) -> None:
    outcome = reread(f"train meals.csv -o x.reread {START}")
    assert outcome.code == 0, outcome.err
    known, every = vocabulary("model.reread"), vocabulary("x.reread")
    assert every[: len(known)] == known
    assert "meal" in every[len(known) :]
    facts = config("x.reread")["pretrained"]
    assert facts["words_taken_over"] == [[len(known), len(every)]]
    assert (facts["labels_taken_over"], facts["labels_new"]) == (["pos"], ["meh"])
    assert config("x.reread")["model"]["hidden"] == 4
    said = f"from model.reread: the vectors of {len(known)} of {len(every)} words, recurrence, pooling, the last layer for pos"
    assert f"{said}; new: the vectors of the other words and the last layer for meh" in outcome.err
    assert "the last layer for pos started from the model model.reread" in Path("x.reread", "README.md").read_text(
        "utf-8"
    )
    assert (
        "labels of model.reread that no row has, and that are not learned any more: neg; "
        "--keep-labels keeps them, with some of their rows\n"
    ) in outcome.err
    assert reread("verify x.reread").code == 0


def test_training_goes_on_from_the_weights(meals: Path, reread: Command) -> None:
    """With steps too small to change a weight, the new network answers as the old one does."""
    outcome = reread(f"train good.csv -o x.reread {START} --learning-rate 1e-12 --no-baseline")
    assert outcome.code == 0, outcome.err
    assert config("x.reread")["pretrained"]["labels_new"] == []
    assert "30 rows of 30 were rows of the model before; 3 of these are held out" in outcome.err
    assert "the linear member learns nothing" not in outcome.err
    old, new = (load_file(Path(folder, "weights.safetensors")) for folder in ("model.reread", "x.reread"))
    assert old.keys() == new.keys()
    for name, array in old.items():
        np.testing.assert_allclose(new[name], array, atol=1e-5, err_msg=name)


def without_scores(folder: Path) -> None:
    """A folder of an older version: it holds no scores of the texts of its training."""
    keys = load_file(folder / SEEN)
    del keys["scores"]
    save_file(keys, folder / SEEN)
    sign(folder)


def test_scores_of_the_model_s_own_rows_are_those_of_models_that_had_not_seen_them(
    meals: Path, reread: Command
) -> None:
    seen = load_file(Path("model.reread", SEEN))
    assert seen["scores"].shape == (len(seen["trained"]) + len(seen["held_out"]), 2)
    outcome = reread(f"train good.csv -o x.reread {START} --answer linear")
    assert outcome.code == 0, outcome.err
    assert config("x.reread")["pretrained"]["linear"] is True
    assert "learns nothing from that model" not in outcome.err


def test_of_a_folder_without_such_scores_its_own_rows_teach_the_linear_member_nothing(
    meals: Path, reread: Command
) -> None:
    without_scores(Path("model.reread"))
    outcome = reread(f"train good.csv -o x.reread {START} --answer linear")
    assert outcome.code == 0, outcome.err
    assert "the linear member learns nothing from that model, so the answers can be worse than its own" in outcome.err
    assert config("x.reread")["pretrained"]["linear"] is False
    assert "scores of the earlier linear member" not in outcome.err


KEEP = f"train meals.csv old.csv -o x.reread {START} --keep-labels"


@pytest.fixture
def old(meals: Path) -> Path:
    head = Path("good.csv").read_text(encoding="utf-8").splitlines()[:13]
    Path("old.csv").write_text("\n".join([*head, ""]), encoding="utf-8")
    return meals


def test_labels_are_kept_beside_new_ones(old: Path, reread: Command) -> None:
    outcome = reread(KEEP)
    assert outcome.code == 0, outcome.err
    assert "not learned any more" not in outcome.err
    assert "\nFigures are weighted: an old label counts" in outcome.out
    facts = config("x.reread")
    assert facts["task"]["classes"] == ["meh", "neg", "pos"]
    assert facts["pretrained"]["labels_taken_over"] == ["neg", "pos"]
    assert facts["pretrained"]["linear"]
    assert facts["training"]["objective"] == "distilled"
    assert set(load("x.reread").predict([BLAME[0], f"{BLAME[0]} of a meal"])) <= {"meh", "neg", "pos"}
    assert reread("verify x.reread").code == 0
    again = reread(f"train meals.csv -o y.reread {START.replace('model.reread', 'x.reread')}")
    assert again.code == 0, again.err
    assert reread("verify y.reread").code == 0


def test_old_labels_keep_the_linear_member_s_scores_and_stand_for_the_rows_of_their_training(
    old: Path, reread: Command
) -> None:
    assert reread(f"{KEEP} --answer linear").code == 0
    texts = [BLAME[0], PRAISE[1], f"{BLAME[0]} of a meal"]
    before, after = (
        np.asarray(models_of(read_bundle(folder))["linear"].predict_proba(texts))
        for folder in ("model.reread", "x.reread")
    )
    known = [config("x.reread")["task"]["classes"].index(label) for label in config("model.reread")["task"]["classes"]]
    assert len(known) == 2
    counts = dict(zip(config("x.reread")["task"]["classes"], config("x.reread")["data"]["class_rows"], strict=True))
    assert counts == {"meh": 15, "neg": 15, "pos": 21}
    assert (np.argmax(before, axis=1) == np.argmax(after[:, known], axis=1)).all()


def test_a_folder_of_an_older_version_is_warned_of(old: Path, reread: Command) -> None:
    without_scores(Path("model.reread"))
    outcome = reread(KEEP)
    assert outcome.code == 0, outcome.err
    assert "of rows that it has seen it is too sure, so new labels take texts of the old ones" in outcome.err


def test_a_label_without_rows_is_asked_for(meals: Path, reread: Command) -> None:
    outcome = reread(f"train meals.csv -o x.reread {START} --keep-labels")
    assert outcome.code == 2
    assert outcome.err.splitlines()[-1] == (
        "reread: --keep-labels: no row has the label neg, which the model knows: without any it would be lost to the "
        "new ones; name a file with some of its rows too, as in reread train new.csv old.csv"
    )


WRONG = {
    "train meals.csv --keep-labels": "--keep-labels keeps the labels of a model; name it with --from MODEL",
    "train meals.csv --set training.objective=distilled": "start from one with --from MODEL --keep-labels",
    f"{KEEP} --set training.objective=mixup": "training.objective = mixup with --keep-labels",
    f"{KEEP} --label-separator ;": "--keep-labels: the rows are of the task multilabel",
    f"train meals.csv {START} --learning-curve": "the curve is that of a linear member that starts afresh",
    f"train meals.csv {START} --model bilstm_max": "the model has recurrence = min_lstm, the recipe bilstm_max lstm; take the recipe standard",
    f"train meals.csv {START} --set model.latent=[5]": "the model has latent = [4], the recipe standard [5]",
    f"train meals.csv {START} --set model.pooling=mean": "the model has pooling = max, the recipe standard mean",
    f"train meals.csv {START} --set text.segmenter=characters": "but the model was trained on texts with",
    f"train meals.csv {START} --vectors word2vec": "a model brings its own word vectors; name one of the two",
    f"train chinese.csv {START}": "but the model was trained on words of language en and knows none of these",
    f"train meals.csv {START} -o model.reread --overwrite": "model.reread is read, so it cannot be replaced; choose another folder with -o",
}


@pytest.mark.parametrize("command", WRONG)
def test_contradictions_are_refused_in_a_line(command: str, old: Path, reread: Command) -> None:
    rows = [f"这部电影很{'好差'[k % 2]}看{k},{'ab'[k % 2]}" for k in range(20)]
    Path("chinese.csv").write_text("\n".join(["text,label", *rows, ""]), encoding="utf-8")
    outcome = reread(command if " -o " in command else f"{command} -o x.reread")
    assert outcome.code == 2, outcome.err
    assert WRONG[command] in outcome.err.splitlines()[-1]


@pytest.mark.slow
def test_a_killed_run_is_resumed_to_the_bit(old: Path, reread: Command) -> None:
    alone = f"{KEEP.replace('--epochs 1', '--epochs 60')} --set training.patience=none"
    long = f"{alone} --set training.checkpoint_seconds=0"
    assert reread(alone.replace("-o x.reread", "-o y.reread")).code == 0
    process = reread_process(long.split(), folder=old)
    while not Path("x.reread.partial/checkpoint.safetensors").exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    outcome = reread(f"{long} --resume")
    assert outcome.code == 0, outcome.err
    for file in ("weights.safetensors", "baseline.safetensors"):
        one, two = (load_file(Path(folder, file)) for folder in ("x.reread", "y.reread"))
        assert all(np.array_equal(array, two[name]) for name, array in one.items())
