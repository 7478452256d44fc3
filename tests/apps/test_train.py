"""`reread train`: what it makes, says and repeats, for every task."""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reread.apps.cli import training, training_summary
from reread.apps.cli.console import TrainingView
from reread.apps.cli.training_places import out_folder
from reread.bundle import CARD, FILES, REPORT, SEEN, SUMS
from reread.data.read import open_rows
from reread.errors import ConfigError
from reread.insight.report.verdict import BASELINE, Verdict
from reread.kernel import available
from reread.pipeline.plan import Plan
from support.command_line import TINY, Command

SMALL = f"--model rnn {TINY}"  # the fastest to export
TRAIN = f"train good.csv --no-baseline {SMALL}"


def table(path: str) -> list[dict[str, Any]]:
    return [row.values for row in open_rows(path)]


def weights(folder: str) -> bytes:
    return Path(folder, "weights.safetensors").read_bytes()


def config(folder: str) -> Any:
    return json.loads(Path(folder, "config.json").read_text(encoding="utf-8"))


def lay(name: str, *rows: str) -> None:
    Path(name).write_text("\n".join([*rows, ""]), encoding="utf-8")


def rated(rows: int = 24) -> list[str]:
    """Rows of a text, stars from 1 to 3, a mood, and two topics."""
    words = ("dull", "fair", "lovely")
    topics = ("plot", "plot;music", "music")
    return [f"a {words[k % 3]} film number {k},{k % 3 + 1},{words[k % 3]},{topics[k % 3]}" for k in range(rows)]


def test_a_model_folder_and_its_figures(work: Path, reread: Command) -> None:
    outcome = reread(f"train good.csv {TINY} --json")
    assert outcome.code == 0
    found = json.loads(outcome.out)
    assert found["model"] == "good.reread"
    assert found["rows"] == 30
    assert found["steps"] == 4
    assert found["seconds"] > 0
    assert (
        set(found["validation"])
        == set(found["network"])
        == set(found["baseline"])
        > {"accuracy", "macro_f1", "log_loss"}
    )
    assert found["scoring"]["texts_per_second"] > 0
    assert f"On one core it answers {found['scoring']['texts_per_second']:,.10g} texts a second" in Path(
        "good.reread", CARD
    ).read_text(encoding="utf-8")
    assert {path.name for path in Path("good.reread").iterdir()} == {*FILES, SEEN, CARD, REPORT, SUMS}
    assert weights("good.reread") == weights("model.reread"), "equal runs give equal weights"
    assert "30 rows; text: text, target: label" in outcome.err
    assert "task: classification; model: standard" in outcome.err
    assert {path.name for path in Path().iterdir()} == {"good.csv", "good.reread", "model.reread"}


def test_what_limited_the_linear_baseline_is_said(work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reread.baseline.limits.MAX_ROWS", 20)
    said = reread(f"train good.csv -o x.reread --model rnn --no-report {TINY}").out
    assert "Time or memory limited the linear baseline (20 of 27 rows); with more it may be better.\n" in said


def test_run_toml_repeats_the_run(work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    options = tomllib.loads(Path("model.reread/run.toml").read_text(encoding="utf-8"))
    engine = options["chosen"]["engine"]  # where a measurement chooses, let it find the same again
    monkeypatch.setattr("reread.train.engine._seconds", lambda _, name, *_precision: name != engine)
    assert options["set"][0] == "model.hidden=4"
    assert options | {"model": "standard", "answer": "stack", "steps": 4, "seed": 0, "language": "en"} == options
    assert (options["text"], options["label"], Path(options["data"][0]).name) == ("text", ["label"], "good.csv")
    assert reread("train -o again.reread --config model.reread/run.toml").code == 0
    assert weights("again.reread") == weights("model.reread")


def test_run_toml_names_what_was_found_in_a_file_of_other_columns(work: Path, reread: Command) -> None:
    lay("d.csv", "review,stars,mood,topic", *rated())
    lay("e.csv", "review,stars,mood,topic", *rated()[::-1])
    assert reread(f"train d.csv e.csv --task regression --no-baseline {SMALL} -o x.reread").code == 0
    options = tomllib.loads(Path("x.reread/run.toml").read_text(encoding="utf-8"))
    assert (options["data"], options["text"], options["target"]) == (["d.csv", "e.csv"], "review", ["stars"])
    assert reread("train --config x.reread/run.toml -o y.reread").code == 0
    assert weights("y.reread") == weights("x.reread")


@pytest.fixture
def planned(reread: Command, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Plan]:
    """What a command would train."""
    plans: list[Plan] = []

    def stop(_: object, plan: Plan, *__: object, **___: object) -> None:
        plans.append(plan)
        raise ConfigError("planned")

    monkeypatch.setattr(training, "fit", stop)

    def plan_of(command: str) -> Plan:
        outcome = reread(command)
        assert outcome.err.splitlines()[-1] == "reread: planned"
        return plans[-1]

    return plan_of


@pytest.mark.parametrize(
    ("typed", "ends"),
    [("", (3, 1, True)), ("--epochs 2", (2, None, False)), ("--steps 12", (3, 12, False)), ("--epochs 2 --steps 4", (2, 4, True))],
)  # fmt: skip
def test_what_is_typed_ends_a_run_not_what_run_toml_says(
    typed: str, ends: tuple[int, int | None, bool], work: Path, planned: Callable[[str], Plan]
) -> None:
    lay("run.toml", 'data = "good.csv"', "epochs = 3", "steps = 1", 'model = "rnn"')
    settings = planned(f"train --config run.toml -o x.reread {typed}").recipe.training
    assert (settings.epochs, settings.steps, settings.earliest) == ends


def test_epochs_take_the_place_of_a_recipes_own_steps(work: Path, planned: Callable[[str], Plan]) -> None:
    assert planned("train good.csv -o x.reread --model paper-1").recipe.training.steps == 1000
    settings = planned("train good.csv -o x.reread --model paper-1 --epochs 1").recipe.training
    assert (settings.epochs, settings.steps) == (1, None)


def test_a_target_that_is_typed_takes_the_place_of_the_label_in_run_toml(
    work: Path, planned: Callable[[str], Plan]
) -> None:
    lay("d.csv", "text,stars,mood,topic", *rated())
    lay("run.toml", 'data = ["d.csv"]', 'label = ["mood"]', 'task = "classification"')
    plan = planned("train --config run.toml -o x.reread --target stars")
    assert {name: target.task for name, target in plan.targets.items()} == {"stars": "regression"}


def test_rows_to_train_on_that_all_have_one_label_are_told(
    work: Path, reread: Command, caplog: pytest.LogCaptureFixture
) -> None:
    Path("two.csv").write_text("\n".join(["text,label", *["a good film,pos"] * 30, *["a bad film,neg"] * 30, ""]))
    assert reread(f"train two.csv -o x.reread {TINY}").code == 0
    assert "the 30 rows to train on all have the same label, since rows with the same text or group stay" in caplog.text


def test_epochs_and_steps_together_the_first_ends_it_and_that_is_said(
    work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last line names the way out, where the linear baseline is better."""
    monkeypatch.setattr(training_summary, "verdicts", lambda _: [Verdict("The network is worse.", BASELINE)])
    outcome = reread(f"train good.csv -o x.reread --no-baseline {SMALL} --steps 500")
    assert "training ends after 1 epoch (4 steps) or 500 steps, whichever is first" in outcome.err
    assert "30 rows, 4 steps at " in outcome.out
    assert outcome.out.splitlines()[-1].startswith(
        "The better one answers with reread predict x.reread DATA --answer linear."
    )


def test_run_toml_asks_for_what_was_asked_and_says_what_the_machine_chose(
    work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = f"train good.csv --no-baseline {TINY} --set training.engine=kernel --set training.precision=auto"
    assert reread(f"{asked} -o x.reread").code == 0
    options = tomllib.loads(Path("x.reread/run.toml").read_text(encoding="utf-8"))
    assert options["set"][-2:] == ["training.engine=kernel", "training.precision=auto"]
    chosen = config("x.reread")["training"]
    assert options["chosen"] == {name: chosen[name] for name in ("threads", "device", "engine", "precision")}
    assert chosen["engine"] == f"kernel-{available()[0]}"
    assert not options.keys() & {"device", "engine", "precision"}

    monkeypatch.setattr("reread.train.engine.available", lambda: ("portable",))  # a lesser processor
    assert reread("train good.csv -o other.reread --config x.reread/run.toml").code == 0
    assert config("other.reread")["training"]["engine"] == "kernel-portable"
    assert config("other.reread")["training"]["precision"] == "float32"


def test_run_toml_holds_what_was_chosen_by_the_number_of_rows(work: Path, reread: Command) -> None:
    by_rows = f"{TINY.replace('--epochs 1', '')} --set training.epochs=1 --set training.least_steps=5"
    outcome = reread(f"train good.csv --no-baseline {by_rows} -o x.reread")
    assert "batches of 8 texts, 2 epochs (8 steps) for 27 training rows" in outcome.err
    options = tomllib.loads(Path("x.reread/run.toml").read_text(encoding="utf-8"))
    assert (options["epochs"], options["batch_size"], options["steps"]) == (2, 8, 8)
    made = config("x.reread")["training"]
    assert (made["epochs"], made["batch_size"], made["least_steps"]) == (2, 8, 5)
    assert reread("train good.csv -o again.reread --config x.reread/run.toml").code == 0
    assert weights("again.reread") == weights("x.reread")


def test_an_earlier_run_toml_asks_for_the_engine_by_its_level(
    work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(
        "run.toml",
        "epochs = 1",
        "threads = 1",
        'device = "cpu"',
        'set = ["model.hidden=4", "training.engine=kernel-portable"]',
    )
    assert reread("train good.csv -o x.reread --config run.toml").code == 0
    assert config("x.reread")["training"]["engine"] == "kernel-portable"
    monkeypatch.setattr("reread.train.engine.available", lambda: ())
    outcome = reread("train good.csv -o y.reread --config run.toml")
    assert outcome.code == 2
    assert outcome.err.splitlines()[-1] == ('reread: training.engine = "kernel-portable": this network has torch here')


@pytest.mark.slow
def test_a_run_bounded_in_time_is_repeated_by_its_steps(work: Path, reread: Command) -> None:
    endless = TRAIN.replace("--epochs 1", "--epochs 10000 --batch-size 4 --set training.patience=none")
    bounded = json.loads(reread(f"{endless} -o bounded.reread --minutes 0.1 --json").out)
    assert bounded["stopped"] == "time"
    assert bounded["seconds"] < 60
    assert config("bounded.reread")["training"]["steps"] == bounded["steps"] >= 1
    repeated = json.loads(reread(f"{endless} -o repeated.reread --steps {bounded['steps']} --json").out)
    assert repeated["stopped"] == "steps"
    assert weights("repeated.reread") == weights("bounded.reread")
    assert reread("train --config bounded.reread/run.toml -o again.reread").code == 0
    assert weights("again.reread") == weights("bounded.reread")


def stop(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_minutes_that_cannot_hold_are_told_beforehand(
    work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reread.apps.cli.training.read_rows", stop)
    assert reread(f"{TRAIN} -o x.reread --minutes 0.01").err.startswith("0.01 minutes are too short: starting took ")
    assert "too short" not in reread(f"{TRAIN} -o x.reread --minutes 60").err


def test_a_command_that_ends_late_says_by_how_much() -> None:
    for seconds, said in ((50, []), (70, ["the command ends 10 s later than asked for"])):
        notes: list[str] = []
        view = TrainingView(quiet=True)
        view.on_note = notes.append  # type: ignore[method-assign]
        training.tell_lateness(1.0, time.monotonic() - seconds, view)
        assert [note.partition(";")[0] for note in notes] == said
        training.tell_lateness(None, 0.0, view)
        assert len(notes) == len(said)


def test_minutes_that_the_rows_take_are_told_before_training(
    work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: object) -> None:
        monkeypatch.setattr("reread.pipeline.run.SAVING_SECONDS", 10_000.0)  # as if the clock had gone on

    monkeypatch.setattr("reread.pipeline.train.linear_member", slow)
    monkeypatch.setattr("reread.pipeline.train.fit_network", stop)
    said = reread(f"{TRAIN} -o x.reread --minutes 60").err
    assert "cannot hold" not in said
    assert said.count("no time is left for training: the rows and the linear member used it") == 1


@pytest.mark.parametrize("objective", ["adversarial", "virtual_adversarial"])
def test_training_on_perturbed_words_makes_a_folder_that_keeps_its_promises(
    objective: str, work: Path, reread: Command
) -> None:
    levers = (
        f"{TINY} --model bilstm_max --set training.objective={objective} --set model.weight_dropout=0.2 "
        "--set model.learned_start=true"
    )
    assert reread(f"train good.csv --no-baseline {levers} -o x.reread").code == 0
    made = config("x.reread")
    assert made["training"]["objective"] == objective
    assert (made["model"]["weight_dropout"], made["model"]["learned_start"]) == (0.2, True)
    assert reread("verify x.reread").code == 0


def test_the_command_line_wins_over_the_config(work: Path, reread: Command) -> None:
    lay("run.toml", "epochs = 7", 'model = "rnn"', "no_baseline = true", 'set = ["model.hidden=4"]', "quiet = true")
    assert reread("train good.csv -o x.reread --config run.toml --epochs 1 --seed 3").code == 0
    found = config("x.reread")
    assert (found["recipe"]["name"], found["model"]["hidden"]) == ("rnn", 4)
    assert (found["training"]["epochs"], found["training"]["seed"]) == (1, 3)


def test_overwrite_quietly_with_a_setting_that_no_option_says(work: Path, reread: Command) -> None:
    before = weights("model.reread")
    outcome = reread(f"{TRAIN} -o model.reread --overwrite --set training.seed=3 --quiet")
    assert outcome.code == 0
    assert outcome.err == ""
    assert "There is no linear baseline, so" in outcome.out
    assert config("model.reread")["training"]["seed"] == 3
    assert weights("model.reread") != before
    assert reread("evaluate model.reread good.csv").code == 0


def test_where_group_time_weight_and_bad_rows_of_two_files(work: Path, reread: Command) -> None:
    rows = [f"a {('dull', 'lovely')[k % 2]} film {k},{k % 2},m{k // 4},{2000 + k},{1 + k % 3},en" for k in range(24)]
    lay("a.csv", "review,label,movie,year,w,lang", *rows[:12], "un film,1,m1,2000,1,fr")
    lay("b.csv", "review,label,movie,year,w,lang", *rows[12:], ",1,m1,2000,1,en", "odd,1,m1,then,1,en", "many,1")
    options = "--where lang=en --group movie --time year --weight w --on-bad-rows set-aside --validation 0.3"
    outcome = reread(f"train a.csv b.csv --no-baseline {SMALL} {options}")
    assert outcome.code == 0
    assert "1 of 28 rows do not match --where" in outcome.err
    assert "3 bad rows set aside in a.rejects.jsonl" in outcome.err
    assert "16 rows to train on, 8 held out" in outcome.err
    rejects = table("a.rejects.jsonl")
    assert [(row["file"], row["line"]) for row in rejects] == [("b.csv", 14), ("b.csv", 15), ("b.csv", 16)]
    assert config("a.reread")["data"]["columns"][:2] == ["review", "label"]


def test_multilabel(work: Path, reread: Command) -> None:
    lay("d.csv", "text,stars,mood,topic", *rated())
    outcome = reread(f"train d.csv --label topic --label-separator ';' {SMALL} --json")
    assert "task: multilabel" in outcome.err
    assert "map" in json.loads(outcome.out)["validation"]
    assert reread("predict d.reread d.csv -o out.jsonl").code == 0
    answered = table("out.jsonl")[0]
    assert isinstance(answered["prediction"], list)
    assert {"probability:music", "probability:plot"} < set(answered)
    assert "map" in json.loads(reread("evaluate d.reread d.csv --json").out)["metrics"]


def test_ordinal(work: Path, reread: Command) -> None:
    lay("d.csv", "text,stars,mood,topic", *rated())
    outcome = reread(f"train d.csv --label mood --ordinal-order 'dull, fair, lovely' {SMALL} --json")
    assert "task: ordinal" in outcome.err
    assert {"quadratic_kappa", "mae", "accuracy"} < set(json.loads(outcome.out)["validation"])
    assert config("d.reread")["task"]["classes"] == ["dull", "fair", "lovely"]
    assert reread("predict d.reread d.csv -o out.csv").code == 0
    assert list(table("out.csv")[0])[-5:] == [
        "prediction", "probability:dull", "probability:fair", "probability:lovely", "error",
    ]  # fmt: skip


def test_regression(work: Path, reread: Command) -> None:
    lay("d.csv", "text,stars,mood,topic", *rated())
    outcome = reread(f"train d.csv --task regression --loss quantile {SMALL} --json")
    assert "24 rows; text: text, target: stars" in outcome.err
    assert "task: regression" in outcome.err
    assert {"mae", "rmse", "r2", "pearson", "spearman"} == set(json.loads(outcome.out)["validation"])
    assert reread("predict d.reread d.csv -o out.csv").code == 0
    answered = table("out.csv")[0]
    assert list(answered)[-5:] == ["prediction", "quantile:0.05", "quantile:0.5", "quantile:0.95", "error"]
    assert float(answered["prediction"]) == float(answered["quantile:0.5"])
    assert "mae" in json.loads(reread("evaluate d.reread d.csv --json").out)["metrics"]


def test_numbers_are_learned_where_their_name_alone_says_so(work: Path, reread: Command) -> None:
    lay("d.csv", "text,target", *(",".join(row.split(",")[:2]) for row in rated()))
    outcome = reread(f"train d.csv --no-baseline {SMALL}")
    assert "24 rows; text: text, target: target (numbers, by its name; --label target learns classes)" in outcome.err
    assert "task: regression" in outcome.err
    assert tomllib.loads(Path("d.reread/run.toml").read_text(encoding="utf-8"))["target"] == ["target"]


def test_two_numbers_are_classes_whatever_their_column_is_called(work: Path, reread: Command) -> None:
    lay("d.csv", "text,target", *(f"{row.split(',')[0]},{k % 2}" for k, row in enumerate(rated())))
    outcome = reread(f"train d.csv --no-baseline {SMALL}")
    assert "24 rows; text: text, target: target (by its name; classes, as it holds two numbers)" in outcome.err
    assert "task: classification" in outcome.err


@pytest.mark.parametrize(
    ("header", "options", "targets"),
    [
        ("text,id,target,x", "", {"target": "classification"}),  # its values are words
        ("text,score,label,x", "", {"label": "classification"}),
        ("text,score,mood,x", "--label mood", {"mood": "classification"}),
        ("text,score,mood,x", "--task regression", {"target": "regression"}),
    ],
)
def test_what_else_a_column_named_as_numbers_are_can_be(
    header: str, options: str, targets: dict[str, str], work: Path, planned: Callable[[str], Plan]
) -> None:
    lay("d.csv", header, *rated())
    plan = planned(f"train d.csv -o x.reread {options}")
    assert {name: target.task for name, target in plan.targets.items()} == targets


def test_joint(work: Path, reread: Command) -> None:
    lay("d.csv", "text,stars,mood,topic", *rated())
    outcome = reread(f"train d.csv --label mood --target stars --loss-weight stars=0.5 {SMALL} --json")
    assert "task: joint: classification, regression" in outcome.err
    assert {"mood.accuracy", "stars.mae"} < set(json.loads(outcome.out)["validation"])
    assert config("d.reread")["task"]["weights"] == {"mood": 1, "stars": 0.5}
    assert reread("predict d.reread d.csv -o out.csv").code == 0
    assert {"mood.prediction", "mood.probability:dull", "stars.prediction"} < set(table("out.csv")[0])
    figures = json.loads(reread("evaluate d.reread d.csv --json").out)
    assert {"mood.accuracy", "stars.mae"} < set(figures["metrics"])


def test_chinese_words_with_a_dictionary(work: Path, reread: Command) -> None:
    lay("d.csv", "text,label", *[f"这部{('沉闷', '好看')[k % 2]}的电影第{k}次,{k % 2}" for k in range(20)])
    lay("words.txt", "好看的电影 900", "", "沉闷")
    outcome = reread(f"train d.csv --dictionary words.txt --no-baseline {SMALL}")
    assert "Han script: texts are split into characters and pairs of them" in outcome.err
    assert "好看的电影" in Path("d.reread/vocabulary.json").read_text(encoding="utf-8")
    assert reread("predict d.reread d.csv -o out.csv").code == 0


@pytest.mark.parametrize(
    ("data", "folder"),
    [("d.csv", "d.reread"), ("d.csv.gz", "d.reread"), ("v1.2.tsv", "v1.2.reread"), ("sub/d.jsonl", "sub/d.reread")],
)
def test_the_folder_is_named_after_the_data(data: str, folder: str) -> None:
    assert out_folder(None, [data]) == Path(folder)


def test_a_setting_trains_a_network_as_another_recipe_says(work: Path, reread: Command) -> None:
    Path("slow.toml").write_text(
        'summary = "slow"\nsource = "ours"\n[text]\nmin_count = 1\n[training]\nsteps = 2\nlearning_rate = 0.0001\n'
        "[model]\npooling = 'mean'\n",
        encoding="utf-8",
    )
    options = (
        "--model rnn --setting slow.toml --no-baseline --threads 1 --set model.hidden=4 --set model.embedding_dim=4"
    )
    assert reread(f"train good.csv -o x.reread {options} --quiet").code == 0
    config = json.loads(Path("x.reread/config.json").read_text(encoding="utf-8"))
    assert (config["model"]["recurrence"], config["model"]["pooling"]) == ("rnn", "last")  # the network is rnn's own
    assert (config["training"]["steps"], config["training"]["learning_rate"]) == (2, 0.0001)
    assert config["text"]["min_count"] == 1
    refused = reread("train good.csv --setting paper-4")
    assert refused.code == 2
    assert 'unknown recipe "paper-4". Did you mean "paper-' in refused.err


@pytest.mark.parametrize(("limit", "shared"), [("", 0), (" --set training.memory=1", 1)])
def test_threads_share_a_heap_where_memory_is_limited(
    limit: str, shared: int, work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[None] = []
    monkeypatch.setattr(training, "share_one_heap", lambda: calls.append(None))
    assert reread(f"train good.csv -o model.reread/inner.reread{limit}").code == 2  # refused before anything is read
    assert len(calls) == shared
