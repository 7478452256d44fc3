"""`reread drift`: texts like those of training, and others."""

from __future__ import annotations

import json
import random
import shlex
from pathlib import Path

import pytest

from reread.apps.cli.run import run
from support.command_line import PRAISE, TINY, Command, reviews
from support.folders import OLD, copy_of, sign

CHINESE = "这部电影很好看我们都很喜欢"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 400 reviews and a model trained on them, 100 of them held out."""
    folder = tmp_path_factory.mktemp("drift")
    (folder / "data.csv").write_text(reviews(400), encoding="utf-8")
    command = f"train {folder}/data.csv -o {folder}/model.reread --quiet --validation 0.25 --no-baseline {TINY}"
    assert run(shlex.split(command)) == 0
    return folder


def texts_file(path: Path, texts: list[str]) -> Path:
    path.write_text("\n".join(["text", *(f'"{text}"' for text in texts), ""]), encoding="utf-8")
    return path


def new_reviews(seed: int, count: int) -> list[str]:
    """Texts as in training, with other numbers."""
    lines = reviews(400).splitlines()[1:]
    return [line.rpartition(",")[0].strip('"') for line in random.Random(seed).sample(lines, count)]


def shuffled(text: str, seed: int) -> str:
    letters = list(text)
    random.Random(seed).shuffle(letters)
    return "".join(letters)


@pytest.mark.parametrize("count", [20, 100, 399])
def test_texts_as_in_training_do_not_alarm(count: int, model: Path, tmp_path: Path, reread: Command) -> None:
    for seed in range(5):
        data = texts_file(tmp_path / "new.csv", new_reviews(seed, count))
        outcome = reread(f"drift {model}/model.reread {data}")
        assert (outcome.code, outcome.err) == (0, "")
        like = "The texts are like those that the model was trained on."
        few = f"No change shows, but {count} texts would show only a large one."
        assert (few if count < 50 else like) in outcome.out


@pytest.mark.parametrize("kind", ["shuffled", "chinese", "long"])
def test_other_texts_do(kind: str, model: Path, tmp_path: Path, reread: Command) -> None:
    texts = new_reviews(0, 60)
    others = {
        "shuffled": [shuffled(text, k) for k, text in enumerate(texts)],
        "chinese": [f"{CHINESE}{k}" for k in range(60)],
        "long": [f"{text}, {text}" for text in texts],
    }
    outcome = reread(f"drift {model}/model.reread {texts_file(tmp_path / 'new.csv', others[kind])} --json")
    assert (outcome.code, outcome.err) == (3, "")
    said = json.loads(outcome.out)
    assert (said["drifted"], said["texts"]) == (True, 60)
    moved = {own["figure"] for own in said["figures"] if own["moved"]}
    assert ("length" if kind == "long" else "unknown words") in moved
    assert said["answer"].startswith("The texts are no longer like those")


def test_a_higher_limit_alarms_later(model: Path, tmp_path: Path, reread: Command) -> None:
    data = texts_file(tmp_path / "new.csv", [f"{CHINESE}{k}" for k in range(60)])
    assert reread(f"drift {model}/model.reread {data} --limit 100").code == 0


def test_rows_without_a_text_are_left_out_and_counted(model: Path, tmp_path: Path, reread: Command) -> None:
    data = texts_file(tmp_path / "new.csv", [*new_reviews(0, 100), " ", ""])
    outcome = reread(f"drift {model}/model.reread {data}")
    assert (outcome.code, outcome.err) == (0, "2 rows without a text that can be read left out\n")
    assert outcome.out.endswith("100 texts\n")
    outcome = reread(f"drift {model}/model.reread {texts_file(data, [' '])}")
    assert outcome.code == 2
    assert "there are no texts to compare" in outcome.err


def test_many_rows_without_a_text_are_a_drift(model: Path, tmp_path: Path, reread: Command) -> None:
    data = texts_file(tmp_path / "new.csv", [*new_reviews(0, 30), *["  "] * 20])
    outcome = reread(f"drift {model}/model.reread {data} --json")
    said = json.loads(outcome.out)
    assert (outcome.code, said["texts"], said["without_text"]) == (3, 30, 20)
    assert [own["figure"] for own in said["figures"] if own["moved"]] == ["text"]
    assert said["answer"].endswith(": text missing 0% → 40%. Look at what brings them in.")


def test_a_level_that_would_take_forever_is_refused(model: Path, reread: Command) -> None:
    outcome = reread(f"drift {model}/model.reread {model}/data.csv --level 1e-9")
    assert (outcome.code, "0.0001<=x<1" in outcome.err) == (2, True)


def test_decided_labels_do_not_alarm(tmp_path: Path, reread: Command) -> None:
    labels = (["warm"], ["warm", "clever"], [], ["dull"])
    rows = [{"text": f"{PRAISE[k % 3]}, take {k}", "label": labels[k % 4]} for k in range(240)]
    data = tmp_path / "data.jsonl"
    data.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    options = f"--quiet --validation 0.5 --no-baseline {TINY}"
    assert reread(f"train {data} -o {tmp_path}/m.reread --decide f1 {options}").code == 0
    outcome = reread(f"drift {tmp_path}/m.reread {data} --json")
    said = {own["figure"]: own for own in json.loads(outcome.out)["figures"]}
    assert outcome.code == 0
    assert said["prediction"]["before"]["names"] == ["clever", "dull", "warm", "(no label)"]
    assert said["labels"]["before"]["mean"] > 0  # at a half none would be given


def test_a_folder_of_before_says_so(model: Path, reread: Command) -> None:
    outcome = reread(f"drift {OLD} {model}/data.csv")
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert "does not say what its texts were like" in outcome.err


def test_a_reference_that_cannot_be_read_is_one_line(model: Path, tmp_path: Path, reread: Command) -> None:
    folder = copy_of(model / "model.reread", tmp_path / "changed.reread")
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    metrics["reference"]["texts"]["length"]["counts"] = [1]
    (folder / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    sign(folder)
    outcome = reread(f"drift {folder} {model}/data.csv")
    assert (outcome.code, outcome.err.count("\n")) == (1, 1)
    assert "reference: length: edges, counts and names that make no histogram" in outcome.err


def test_of_a_reference_of_before_the_texts_alone_are_compared(model: Path, tmp_path: Path, reread: Command) -> None:
    folder = copy_of(model / "model.reread", tmp_path / "before.reread")
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    metrics["reference"] = {**metrics["reference"]["texts"], **metrics["reference"]["answers"]}
    (folder / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    sign(folder)
    outcome = reread(f"drift {folder} {model}/data.csv --json")
    assert (outcome.code, outcome.err.count("\n")) == (0, 1)
    assert "before.reread: answers are not compared" in outcome.err
    assert [own["figure"] for own in json.loads(outcome.out)["figures"]] == ["text", "length", "unknown words"]


def test_a_stack_and_a_model_without_held_out_rows(model: Path, tmp_path: Path, reread: Command) -> None:
    options = f"--quiet --overwrite -o {tmp_path}/m.reread {TINY}"
    assert reread(f"train {model}/data.csv {options}").code == 0
    assert reread(f"drift {tmp_path}/m.reread {model}/data.csv").code == 0
    assert reread(f"train {model}/data.csv {options} --no-baseline --set training.validation=0").code == 0
    assert "without rows held out" in reread(f"drift {tmp_path}/m.reread {model}/data.csv").err


@pytest.mark.parametrize("text", [CHINESE, "zzyzx qwerty uiop"])
def test_predict_and_evaluate_say_that_a_model_knows_few_of_the_words(
    text: str, model: Path, tmp_path: Path, reread: Command
) -> None:
    data = tmp_path / "others.csv"
    data.write_text(f"text,label\n{text},pos\n{text},neg\n", encoding="utf-8")
    for command in (
        f"predict {model}/model.reread {data} -o {tmp_path}/answers.csv",
        f"evaluate {model}/model.reread {data} --no-report",
    ):
        outcome = reread(command)
        assert outcome.code == 0
        assert "the model does not know 100% of the words in the first 2 texts" in outcome.err
        assert "does not know" not in reread(f"{command} --quiet --overwrite").err
    data.write_text(f"text,label\n{new_reviews(0, 1)[0]},pos\n", encoding="utf-8")
    assert "does not know" not in reread(f"predict {model}/model.reread {data} -o {tmp_path}/known.csv").err
