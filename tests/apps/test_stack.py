"""`--answer`: what is trained, printed and saved, and that every way to ask the folder gives the stack's answers."""

from __future__ import annotations

import json
import shlex
import shutil
import signal
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from reread import load
from reread.apps.cli.run import run
from reread.data.read import open_rows
from support import folders
from support.command_line import TINY, Command, reread_process, reviews

SMALL = f"--model rnn {TINY}"  # the fastest to export
LABELS = ("neg", "pos")
ANSWERS = ("stack", "network", "linear")


def table(path: str) -> list[dict[str, Any]]:
    return [row.values for row in open_rows(path)]


def chances(path: str) -> np.ndarray:
    return np.array([[float(row[f"probability:{label}"]) for label in LABELS] for row in table(path)])


def facts(folder: str, name: str = "config.json") -> Any:
    return json.loads(Path(folder, name).read_text(encoding="utf-8"))


def noisy(rows: int = 40) -> str:
    """Reviews of which nobody can always be right."""
    lines = reviews(rows).splitlines()
    lines[4::5] = [line[:-3] + {"pos": "neg", "neg": "pos"}[line[-3:]] for line in lines[4::5]]
    return "\n".join([*lines, ""])


@pytest.fixture(scope="module")
def stacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``good.csv`` and ``both.reread``, trained on it, both members of which count; not to be changed."""
    folder = tmp_path_factory.mktemp("stacked")
    (folder / "good.csv").write_text(noisy(), encoding="utf-8")
    command = f"train {folder}/good.csv -o {folder}/both.reread --validation 0.4 --quiet {SMALL}"
    assert run(shlex.split(command)) == 0
    given = {"network": 0.3, "linear": 0.7}  # whatever such a small file chose: other tests are about the choice
    config = facts(str(folder / "both.reread"))
    (folder / "both.reread/config.json").write_text(json.dumps({**config, "members": given}), encoding="utf-8")
    folders.sign(folder / "both.reread")
    return folder


@pytest.fixture
def here(stacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(stacked, tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")


@pytest.fixture
def both_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the few rows of these tests could show that the network makes the linear member better."""
    monkeypatch.setattr("reread.pipeline.stacking.LEAST_HELD_OUT", 1)
    monkeypatch.setattr("reread.pipeline.stacking.choose_share", lambda *_: (0.4, 0.1, 0.01))


@pytest.mark.usefixtures("here", "both_count")
def test_training_prints_and_saves_the_stack(reread: Command) -> None:
    outcome = reread(f"train good.csv -o new.reread --validation 0.4 {SMALL}")
    assert outcome.code == 0
    header, *rows = outcome.out.splitlines()
    assert header.split() == ["stack", "network", "linear", "baseline"]
    assert len(rows[0].split()) == 4, "accuracy and three figures"
    config, metrics = facts("new.reread"), facts("new.reread", "metrics.json")
    assert (config["format_version"], config["answer"], config["offset"]) == (2, "stack", False)
    assert config["members"] == {"network": 0.4, "linear": 0.6}
    sentence = "The stack answers: 40% network and 60% linear member; their loss on the rows held out is 0.1 below"
    assert [row.startswith(sentence) for row in rows].count(True) == 1
    assert sentence in Path("new.reread/README.md").read_text(encoding="utf-8")
    assert [float(figure) for figure in rows[0].split()[1:]] == [
        pytest.approx(metrics[name]["accuracy"], abs=1e-4) for name in ("stack", "network", "baseline")
    ]
    card = Path("new.reread/README.md").read_text(encoding="utf-8")
    assert "| metric | stack | network | linear baseline |\n| --- | ---: | ---: | ---: |\n| accuracy | " in card
    options = tomllib.loads(Path("new.reread/run.toml").read_text(encoding="utf-8"))
    assert (options["answer"], options["no_baseline"]) == ("stack", False)
    assert reread("train -o again.reread --config new.reread/run.toml").code == 0
    assert facts("again.reread")["members"] == config["members"]
    for name in ("weights.safetensors", "baseline.safetensors"):
        assert Path("again.reread", name).read_bytes() == Path("new.reread", name).read_bytes()


@pytest.mark.usefixtures("here")
def test_of_few_rows_the_linear_member_answers_and_that_is_said(reread: Command) -> None:
    outcome = reread(f"train good.csv -o new.reread --validation 0.4 {SMALL}")
    assert outcome.out.splitlines()[0].split() == ["linear", "baseline", "network"]
    said = "The linear member answers alone: 16 rows held out are too few to judge the network by."
    assert said in outcome.out.splitlines()
    assert said in Path("new.reread/README.md").read_text(encoding="utf-8")
    assert "--answer linear" not in outcome.out, "it answers already"
    assert reread("predict new.reread good.csv -o out.csv").code == 0
    assert reread("predict new.reread good.csv -o linear.csv --answer linear").code == 0
    assert table("out.csv") == table("linear.csv")
    assert reread("evaluate new.reread good.csv").out.splitlines()[0].split() == ["linear", "baseline", "network"]
    figures = json.loads(reread("evaluate new.reread good.csv --json").out)
    assert figures["metrics"] == figures["baseline"] != figures["network"]


@pytest.mark.parametrize(
    ("fast", "said"), [("linear", "the linear member"), ("network", "the network"), ("stack", "the stack")]
)
@pytest.mark.usefixtures("here")
def test_fast_says_what_answers(fast: str, said: str, reread: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reread.pipeline.stacking.cheapest", lambda *_: fast)
    assert reread(f"train good.csv -o new.reread --validation 0.4 --no-report {SMALL}").code == 0
    outcome = reread("predict new.reread good.csv -o fast.csv --fast")
    assert outcome.err.splitlines()[0].startswith(f"--fast: {said} answers")
    assert reread(f"predict new.reread good.csv -o named.csv --answer {fast}").code == 0
    assert table("fast.csv") == table("named.csv")
    figures = reread("evaluate new.reread good.csv --fast --no-report --quiet --json")
    named = reread(f"evaluate new.reread good.csv --answer {fast} --no-report --json")
    assert figures == (0, named.out, "")


@pytest.mark.usefixtures("here")
def test_what_answers_is_explained(reread: Command) -> None:
    text = "a dull cold film, take 9"
    values = {}
    for answer in ANSWERS:
        outcome = reread(f"explain both.reread '{text}' --for pos --answer {answer} --json")
        assert (outcome.code, outcome.err) == (0, "")
        (found,) = json.loads(outcome.out)["explanations"]
        assert reread(f"predict both.reread good.csv -o {answer}.csv --answer {answer}").code == 0
        row = next(row for row in table(f"{answer}.csv") if row["text"] == text)
        assert found["probability"] == pytest.approx(float(row["probability:pos"]), abs=1e-5)
        assert found["part"] is None
        values[answer] = found["value"]
        assert reread(f"explain both.reread --data good.csv --answer {answer} --top 2").code == 0
    assert len(set(values.values())) == 3
    (found,) = json.loads(reread(f"explain both.reread '{text}' --for pos --json").out)["explanations"]
    assert found["value"] == values["stack"]


@pytest.mark.usefixtures("here")
def test_fast_and_answer_contradict_each_other(reread: Command) -> None:
    for command in ("predict", "evaluate"):
        outcome = reread(f"{command} both.reread good.csv --fast --answer linear")
        assert outcome == (
            2,
            "",
            "reread: --fast chooses what answers, and so does --answer linear; pass one of them\n",
        )


@pytest.mark.usefixtures("here", "both_count")
def test_training_as_json(reread: Command) -> None:
    found = {}
    for answer in ANSWERS:
        options = f"-o {answer}.reread --validation 0.4 --answer {answer} --json {SMALL}"
        outcome = reread(f"train good.csv {options}")
        assert outcome.code == 0, outcome.err
        found[answer] = json.loads(outcome.out)
    for answer, each in found.items():
        assert "blend" not in each
        metrics = facts(f"{answer}.reread", "metrics.json")
        for name in ("validation", "network", "baseline"):
            assert metrics[name] == pytest.approx(each[name])
            assert each[name].keys() == found["stack"]["validation"].keys()
        assert (each["network"], each["baseline"]) == (found["stack"]["network"], found["stack"]["baseline"])
    assert list(found["stack"]["members"]) == ["network", "linear"]
    assert found["network"]["members"] == {"network": 1.0}
    assert found["linear"]["members"] == {"linear": 1.0}
    assert found["network"]["validation"] == found["network"]["network"]
    assert found["linear"]["validation"] == found["linear"]["baseline"]


@pytest.mark.usefixtures("here")
def test_every_way_to_ask_answers_with_the_stack(reread: Command) -> None:
    for answer in ANSWERS:
        assert reread(f"predict both.reread good.csv -o {answer}.csv --answer {answer}").code == 0
    assert reread("predict both.reread good.csv -o out.csv").code == 0
    found = {answer: chances(f"{answer}.csv") for answer in ANSWERS}
    np.testing.assert_array_equal(chances("out.csv"), found["stack"])
    assert np.abs(found["network"] - found["linear"]).max() > 1e-3
    learned = facts("both.reread")["calibration"]
    logs = {answer: np.log(each) * learned[answer]["temperature"] for answer, each in found.items()}
    odds = {answer: each[:, 1] - each[:, 0] for answer, each in logs.items()}
    np.testing.assert_allclose(odds["stack"], 0.3 * odds["network"] + 0.7 * odds["linear"], atol=1e-4)

    model, rows = load("both.reread"), table("good.csv")
    np.testing.assert_allclose(model.predict_proba([row["text"] for row in rows]), found["stack"], atol=1e-6)
    truth = [LABELS.index(row["label"]) for row in rows]
    for answer in (None, *ANSWERS):
        option = f"--answer {answer}" if answer else ""
        figures = json.loads(reread(f"evaluate both.reread good.csv --json {option}").out)
        asked = {"metrics": answer or "stack", "network": "network", "baseline": "linear"}
        for name, part in asked.items():
            log_loss = -np.log(found[part][np.arange(len(truth)), truth]).mean()
            assert figures[name]["log_loss"] == pytest.approx(log_loss, rel=1e-4)


@pytest.mark.usefixtures("here")
def test_what_answers_comes_first_in_tables_and_reports(reread: Command) -> None:
    heads = {"": "stack network linear baseline", "network": "network stack linear baseline",
             "linear": "linear baseline stack network"}  # fmt: skip
    for answer, head in heads.items():
        option = f"--answer {answer}" if answer else ""
        outcome = reread(f"evaluate both.reread good.csv --report how.html {option}")
        assert outcome.code == 0, outcome.err
        assert outcome.out.splitlines()[0].split() == head.split()
        main = "linear baseline" if answer == "linear" else answer or "stack"
        assert Path("how.html").read_text(encoding="utf-8").find(f'<span class="of">{main}</span>') > 0


@pytest.mark.usefixtures("here")
def test_verify_and_export_work_on_it(reread: Command) -> None:
    found = json.loads(reread("verify both.reread --json").out)
    assert found["ok"]
    checks = {check["name"]: check["detail"] for check in found["checks"]}
    assert checks["members"] == "0.30 network, 0.70 linear"
    assert "linear member: batch and order" in checks
    shown = reread("export both.reread -o stack.onnx")
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.splitlines()[1] == (
        "inputs ids, lengths, ngrams, ngram_values; outputs scores, probabilities, prediction"
    )
    texts = [row["text"] for row in table("good.csv")]
    for answer in ANSWERS:
        option = "" if answer == "stack" else f"--answer {answer}"
        outcome = reread(f"export both.reread -o {answer}.onnx --overwrite --json {option}")
        assert (outcome.code, outcome.err) == (0, "")
        told = json.loads(outcome.out)
        assert (told["bytes"], told["stated"]) == (Path(f"{answer}.onnx").stat().st_size, None)
        assert "checksums" in told["checks"]
        assert answer == "network" or "exported scores" in told["checks"]
        if answer == "network":
            assert told["inputs"] == ["ids", "lengths", "states", "summary"]
            continue
        assert reread(f"predict both.reread good.csv -o {answer}.csv --answer {answer}").code == 0
        inputs = {
            name: array for name, array in load("both.reread").onnx_inputs(texts).items() if name in told["inputs"]
        }
        found = onnxruntime.InferenceSession(f"{answer}.onnx").run(["probabilities"], inputs)[0]
        np.testing.assert_allclose(found, chances(f"{answer}.csv"), atol=1e-4)


@pytest.mark.usefixtures("here")
def test_an_export_in_int8_says_what_it_may_cost(reread: Command) -> None:
    outcome = reread("export both.reread -o small.onnx --precision int8")
    assert (outcome.code, outcome.err) == (0, "")
    assert "int8, checked against both.reread" in outcome.out
    assert "made texts answered otherwise, allowed 5.0 %; largest difference of a calibrated score" in outcome.out
    figures = facts("both.reread", "metrics.json")
    stated = {"rows": 16, "changed": 0.125, "metric": "accuracy", "exact": 0.75, "found": 0.625, "lost": 0.1}
    Path("both.reread/metrics.json").write_text(
        json.dumps({**figures, "precision": {"int8": stated}}), encoding="utf-8"
    )
    folders.sign(Path("both.reread"))
    for option in ("", "--answer network"):
        outcome = reread(f"export both.reread -o small.onnx --overwrite --precision int8 {option}")
        assert outcome.out.splitlines()[-1] == (
            "by the compiled kernel, int8 changes 12.5 % of the network's answers on 16 rows held out: "
            "accuracy 0.6250, in float32 0.7500"
        )
    del figures["precision"]
    Path("both.reread/metrics.json").write_text(json.dumps(figures), encoding="utf-8")
    folders.sign(Path("both.reread"))
    told = json.loads(reread("export both.reread -o small.onnx --overwrite --precision int8 --json").out)
    assert told["stated"] == "the folder does not say what int8 costs on rows held out"
    linear = json.loads(reread("export both.reread -o linear.onnx --answer linear --precision int8 --json").out)
    assert linear["stated"] is None


@pytest.mark.parametrize(("answer", "said"), [("network", "network"), ("linear", "linear member")])
@pytest.mark.usefixtures("here")
def test_one_member_alone_as_was_asked_for(answer: str, said: str, reread: Command) -> None:
    outcome = reread(f"train good.csv -o one.reread --answer {answer} --validation 0.4 {SMALL}")
    assert outcome.code == 0
    assert f"The {said} answers alone, as was asked for." in outcome.out.splitlines()
    assert outcome.out.split()[0] == said.split(maxsplit=1)[0], "what answers comes first"
    assert facts("one.reread")["answer"] == answer
    for option in ("", f"--answer {answer}"):
        assert reread(f"predict one.reread good.csv -o out{option[:2]}.csv {option}").code == 0
    assert table("out.csv") == table("out--.csv")
    assert reread("predict one.reread good.csv -o stack.csv --answer stack").code == 0
    assert "--answer linear" not in outcome.out.partition("answers alone")[2] or answer == "network"


def test_a_folder_without_a_linear_member(work: Path, reread: Command) -> None:
    outcome = reread(f"train good.csv -o alone.reread --no-baseline {SMALL}")
    assert outcome.code == 0
    assert outcome.out.split()[0] == "network"
    assert "answers" not in outcome.out.partition("There is no linear baseline")[0]
    assert (facts("alone.reread")["answer"], facts("alone.reread")["members"]) == ("network", None)
    assert reread("evaluate alone.reread good.csv").out.splitlines()[0].split() == ["network"]
    figures = json.loads(reread("evaluate alone.reread good.csv --json").out)
    assert (figures["metrics"], figures["baseline"]) == (figures["network"], {})
    for option in ("", "--answer network"):
        assert reread(f"predict alone.reread good.csv -o out{option[:2]}.csv {option}").code == 0
    assert table("out.csv") == table("out--.csv")
    for answer, what in (("stack", "stack"), ("linear", "linear member")):
        for command in (
            "predict alone.reread good.csv -o no.csv",
            "evaluate alone.reread good.csv",
            "export alone.reread -o no.onnx",
        ):
            said = f"reread: alone.reread holds no {what}: it was trained without one\n"
            assert reread(f"{command} --answer {answer}") == (2, "", said)
    assert not Path("no.csv").exists()
    assert not Path("no.onnx").exists()


def test_numbers_and_joint_targets_are_stacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reread: Command
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ("dull", "fair", "lovely")
    rows = [f"a {words[k % 3]} film number {k},{k % 3 + 1 + k % 2 / 4},{words[k % 3]}" for k in range(40)]
    Path("d.csv").write_text("\n".join(["text,stars,mood", *rows, ""]), encoding="utf-8")
    for options, headline in (("--label mood --target stars", "stars.rmse"), ("--target stars", "rmse")):
        outcome = reread(f"train d.csv {options} --validation 0.4 --overwrite --json {SMALL}")
        assert outcome.code == 0, outcome.err
        found = json.loads(outcome.out)
        assert list(found["members"]) == ["network", "linear"]
        assert headline in found["validation"]
        assert headline in json.loads(reread("evaluate d.reread d.csv --json").out)["metrics"]
    saved = facts("d.reread", "metrics.json")
    assert len(saved["stack_residuals"]) == len(saved["baseline_residuals"]) == len(saved["residuals"]) == 16
    low, high = load("d.reread").predict_interval(["a lovely film"], 0.5)[0]
    radius = sorted(saved["stack_residuals"])[8]  # the ⌈17 · 0.5⌉-th
    assert high - low == pytest.approx(2 * radius)


def test_without_rows_held_out_both_members_count(work: Path, reread: Command) -> None:
    outcome = reread(f"train good.csv -o all.reread --set training.validation=0 {SMALL}")
    assert outcome.code == 0
    assert facts("all.reread")["members"] == {"network": 0.5, "linear": 0.5}
    assert outcome.out.startswith("The stack answers"), "there is no table without figures"
    assert (
        "The stack answers: 50% network and 50% linear member, as no rows were held out to weigh them."
        in outcome.out.splitlines()
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            "--answer linear --no-baseline",
            (
                "--answer linear with --no-baseline: there is no linear member to answer; "
                "train it too, or answer with the network"
            ),
        ),
        (
            "--answer linear --task regression --target n --loss quantile",
            "--answer linear: the linear member learns no quantiles; answer with the network",
        ),
        ("--answer blend", "Invalid value for '--answer': 'blend' is not one of 'stack', 'network', 'linear'"),
        ("--blend", 'the option "--blend" is gone; pass --answer stack, the default'),
        (
            "--no-baseline --set training.offset=true",
            (
                "training.offset=true with --no-baseline: the network learns what the linear member leaves; "
                "train that too, or pass --set training.offset=false"
            ),
        ),
    ],
)
def test_what_cannot_answer(options: str, message: str, work: Path, reread: Command) -> None:
    rows = [f"{line},{k}" for k, line in enumerate(reviews().splitlines()[1:])]
    Path("d.csv").write_text("\n".join(["text,label,n", *rows, ""]), encoding="utf-8")
    outcome = reread(f"train d.csv {options} {SMALL}")
    assert outcome.code == 2
    assert outcome.err.splitlines()[-1].startswith(f"reread: {message}")
    assert not Path("d.reread").exists()
    assert not Path("d.reread.partial").exists()


def test_a_folder_of_version_1_answers_with_its_blend(work: Path, reread: Command) -> None:
    folder = folders.copy_of(folders.DATA / "folders_2026_11" / "blend.reread", Path("old.reread"))
    Path("d.csv").write_text("text,label\na lovely film,blame\na dull film,blame\na plain film,neither\n", "utf-8")
    for answer in ("", *ANSWERS):
        assert reread(f"predict {folder} d.csv -o o{answer}.csv {f'--answer {answer}' if answer else ''}").code == 0
    assert table("o.csv") == table("ostack.csv")
    assert table("o.csv") != table("onetwork.csv")
    outcome = reread(f"evaluate {folder} d.csv --report how.html")
    assert outcome.code == 0, outcome.err
    assert outcome.out.splitlines()[0].split() == ["stack", "network", "linear", "baseline"]
    assert '<mark class="' in Path("how.html").read_text(encoding="utf-8"), "its mistake is explained"
    shown = reread(f"explain {folder} 'a lovely film'")
    assert shown.code == 0, shown.err
    assert "by deletion" in shown.out.splitlines()[0]


# A run that was interrupted keeps the linear member

ENDLESS = (
    f"train good.csv -o x.reread --validation 0.4 --model rnn {TINY.replace('--epochs 1', '--epochs 100000')}"
    " --batch-size 4 --set training.patience=none --set training.evaluations=none"
)


def stopped(command: str, sign: str, how: signal.Signals) -> int:
    """The exit code of a command that is stopped as soon as it has written ``sign``."""
    process = reread_process(shlex.split(command))
    with process:
        assert process.stderr is not None
        for line in process.stderr:
            if sign in line:
                process.send_signal(how)
                sign = "\0"  # once is enough
    return process.returncode


@pytest.fixture(scope="module")
def undisturbed(stacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of 400 steps that nothing stopped; not to be changed."""
    folder = tmp_path_factory.mktemp("undisturbed") / "y.reread"
    command = ENDLESS.replace("good.csv", f"{stacked}/good.csv").replace("x.reread", str(folder))
    assert run(shlex.split(f"{command} --steps 400 --quiet")) == 0
    return folder


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("how", [signal.SIGKILL, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_a_resumed_run_reads_the_linear_member_and_ends_the_same(
    how: signal.Signals, undisturbed: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stopped(f"{ENDLESS} --set training.checkpoint_seconds=0", "epoch 2.0", how) == (130 if how == 2 else -9)
    assert Path("x.reread.partial/linear.safetensors").is_file()
    with monkeypatch.context() as patch:
        patch.setattr("reread.pipeline.baseline.fit_linear", lambda *_, **__: 1 / 0)
        outcome = reread(f"{ENDLESS} --resume --steps 400 --set training.checkpoint_seconds=0")
    assert outcome.code == 0, outcome.err
    assert "\nthe linear member was trained before\n" in outcome.err
    assert "\nthe network's training goes on at step " in outcome.err
    assert not Path("x.reread.partial").exists()
    assert facts("x.reread")["members"] == facts(str(undisturbed))["members"]
    for name in ("weights.safetensors", "baseline.safetensors"):
        assert Path("x.reread", name).read_bytes() == Path(undisturbed, name).read_bytes()


@pytest.mark.slow
@pytest.mark.usefixtures("here")
def test_a_run_that_is_resumed_with_another_answer_ends_as_one_that_had_it_from_the_start(
    undisturbed: Path, reread: Command
) -> None:
    assert stopped(f"{ENDLESS} --answer network", "epoch 2.0", signal.SIGINT) == 130
    assert reread(f"{ENDLESS} --answer stack --resume --steps 400").code == 0
    for name in ("weights.safetensors", "baseline.safetensors"):
        assert Path("x.reread", name).read_bytes() == Path(undisturbed, name).read_bytes()
