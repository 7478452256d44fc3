"""The answers of one model are soft labels for another, in two commands or in one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.command_line import TINY, Command, reviews


def test_a_model_learns_from_the_answers_of_another(
    reread: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "first.csv").write_text(reviews(30), encoding="utf-8")
    texts = [line.rpartition(",")[0] for line in reviews(60).splitlines()[31:]]
    (tmp_path / "more.csv").write_text("\n".join(["text", *texts, ""]), encoding="utf-8")
    assert reread(f"train first.csv -o teacher.reread {TINY} --quiet").code == 0
    assert reread("predict teacher.reread more.csv -o answers.csv --quiet").code == 0
    with Path("answers.csv").open("a", encoding="utf-8") as file:
        file.write("nobody could tell,,,,\n")
    learned = reread(f"train answers.csv -o student.reread {TINY}")
    assert learned.code == 0
    assert "1 row without a probability left out" in learned.err
    assert "30 rows; text: text, target: probability of each of 2 classes (soft labels)" in learned.err
    assert reread("evaluate student.reread first.csv --quiet").code == 0
    assert reread("train --config student.reread/run.toml -o again.reread --quiet").code == 0


RULES = """
classes = ["neg", "pos"]
[[rule]]
name = "praise"
label = "pos"
words = ["lovely", "great", "clever"]
[[rule]]
name = "blame"
label = "neg"
words = ["dull", "no fun"]
"""


def test_labels_by_rules_are_learned(reread: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("good.csv").write_text(reviews(60), encoding="utf-8")
    Path("rules.toml").write_text(RULES, encoding="utf-8")
    assert reread("weak rules.toml good.csv -o labelled.csv --quiet").code == 0
    true = reread(f"train labelled.csv -o true.reread {TINY}")
    assert "target: label" in true.err
    assert (
        "probability:… are not read, as there is a column of labels; --label probability learns from them" in true.err
    )
    soft = reread(f"train labelled.csv --label probability -o soft.reread {TINY}")
    assert soft.code == 0
    assert "10 rows without a probability left out" in soft.err  # "dim, clumsy and tedious"
    assert "50 rows; text: text, target: probability of each of 2 classes (soft labels)" in soft.err
    assert reread("evaluate soft.reread good.csv --quiet").code == 0


def test_self_training(reread: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("first.csv").write_text(reviews(40), encoding="utf-8")
    texts = [
        line.rpartition(",")[0] for line in reviews(120).splitlines()[31:]
    ]  # nine of the first file are among them
    Path("more.csv").write_text("\n".join(["text", *texts, ""]), encoding="utf-8")
    options = f"--unlabelled more.csv --set training.self_training=1 {TINY}"
    Path("test.csv").write_text(
        "text,label\n" + "\n".join(f"{text.upper()},pos" for text in texts[-5:]), encoding="utf-8"
    )
    learned = reread(f"train first.csv -o student.reread --validation 0.25 {options} --test test.csv")
    assert learned.code == 0
    found = re.search(r"(\d+) unlabelled texts; (\d+) texts known already", learned.err)
    assert found is not None
    assert int(found[1]) - int(found[2]) == 75
    assert "5 unlabelled texts left out, as --test has them too" in learned.err
    assert "round 1 of self-training: " in learned.err
    assert reread("train --config student.reread/run.toml -o again.reread --quiet").code == 0
    first, again = (Path(folder, "weights.safetensors").read_bytes() for folder in ("student.reread", "again.reread"))
    assert first == again
    refused = reread(f"train first.csv -o none.reread --set training.self_training=1 {TINY}")
    assert (refused.code, refused.err) == (
        2,
        "reread: training.self_training = 1 without texts to learn from; name some with --unlabelled\n",
    )
    refused = reread(f"train first.csv -o none.reread --test test.csv {TINY}")
    assert (refused.code, refused.err) == (
        2,
        "reread: --test names texts to leave out of --unlabelled FILE, which is not there; leave --test out\n",
    )
    assert reread(f"tune first.csv --trials 1 -o none.reread {options}").code == 2
