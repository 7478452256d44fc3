"""Where commands write: never into a model folder, and looked at before any work."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import folders
from support.command_line import TINY, Command
from support.small_experiments import lay_out

INSIDE = [
    "predict model.reread good.csv -o model.reread/weights.safetensors --out-format csv",
    "predict model.reread good.csv -o model.reread/new.csv",
    "predict model.reread good.csv -o link/vocabulary.json --out-format jsonl",
    "predict model.reread good.csv -o report.csv",
    "predict model.reread good.csv -o other.reread/baseline.json --out-format csv",
    "evaluate model.reread good.csv --report model.reread/config.json",
    "evaluate model.reread good.csv --report none/../model.reread/../model.reread/config.json",
    "evaluate model.reread bad.csv --no-report --on-bad-rows set-aside --rejects model.reread/run.toml",
    "explain model.reread hi --html model.reread/weights.safetensors",
    "explain model.reread hi --gates model.reread/gates.svg",
    "explain model.reread --data good.csv --html model.reread/README.md",
    "audit good.csv -o model.reread/metrics.json",
    "audit bad.csv --on-bad-rows set-aside --rejects model.reread/metrics.json",
    "vectors train good.csv -o model.reread/weights.safetensors --overwrite --min-count 1",
    "export model.reread -o model.reread/model.onnx --overwrite",
    "train good.csv -o model.reread/inner.reread",
    "train bad.csv -o new.reread --on-bad-rows set-aside --rejects model.reread/vocabulary.json",
    "compare model.reread/small.toml",
    "data fetch sms_spam -o model.reread",
]


def contents(folder: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


@pytest.mark.parametrize("command", INSIDE)
def test_nothing_is_written_into_a_model_folder(command: str, work: Path, reread: Command) -> None:
    folders.copy_of(folders.OLD, Path("other.reread"))
    Path("link").symlink_to("model.reread")
    Path("none").mkdir()
    Path("report.csv").symlink_to("model.reread/report.html.csv")
    Path("bad.csv").write_text("text,label\na film,pos\n,neg\n" * 20, encoding="utf-8")
    if command.startswith("compare"):
        lay_out(Path("model.reread"))
    before = [contents(folder) for folder in ("model.reread", "other.reread", ".") if folder != "."]
    outcome = reread(command)
    assert (outcome.code, outcome.out) == (2, "")
    assert ": is inside the model folder" in outcome.err.splitlines()[-1]
    assert [contents(folder) for folder in ("model.reread", "other.reread")] == before
    assert not Path("new.reread").exists()


def test_the_report_of_a_model_folder_may_be_written_again(work: Path, reread: Command) -> None:
    assert reread("evaluate model.reread good.csv --report model.reread/report.html").code == 0
    assert reread("predict model.reread good.csv -o out.csv").code == 0


def test_in_a_model_folder_results_go_beside_it(work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("model.reread")
    assert reread("evaluate . ../good.csv").code == 0
    assert reread("export . --answer network --quiet").code == 0
    assert {path.name for path in work.iterdir()} == {"good.csv", "model.reread", "model.good.html", "model.onnx"}


@pytest.mark.parametrize(
    "options", ["--text text", "--unlabelled model.reread/more.txt", "--dictionary model.reread/more.txt"]
)
def test_a_folder_that_is_read_from_is_not_replaced(options: str, work: Path, reread: Command) -> None:
    Path("model.reread/more.txt").write_text("film\n", encoding="utf-8")
    data = "model.reread/more.csv" if "--text" in options else "good.csv"
    Path("model.reread/more.csv").write_bytes(Path("good.csv").read_bytes())
    outcome = reread(f"train {data} -o model.reread --overwrite {options} {TINY}")
    assert outcome.code == 2
    assert "is an input file, so its folder model.reread cannot be replaced" in outcome.err
    assert Path("model.reread/more.csv").is_file()


def test_the_options_that_are_read_are_not_written_over(work: Path, reread: Command) -> None:
    Path("options.jsonl").write_text("quiet = true\n", encoding="utf-8")
    outcome = reread("predict model.reread good.csv --config options.jsonl -o options.jsonl")
    assert outcome.err == "reread: options.jsonl: is an input, so it cannot be where the answers go\n"


WORK = {
    "predict model.reread good.csv -o {}.csv": "answering.open_model",
    "explain model.reread hi --html {}.html": "explaining.open_model",
    "explain model.reread hi --gates {}.svg": "explaining.open_model",
    "explain model.reread hi --gates gates.pdf": "explaining.open_model",
    "evaluate model.reread good.csv --report {}.html": "evaluating.open_model",
    "evaluate model.reread good.csv --on-bad-rows set-aside --rejects {}.jsonl": "evaluating.member_scores",
    "audit good.csv -o {}.csv": "auditing.read_audit_groups",
    "vectors train good.csv -o {}.safetensors": "word_vectors.TextFiles",
    "train good.csv -o good.csv/model.reread": "training_data.read_examples",
    "train good.csv -o new.reread --on-bad-rows set-aside --rejects {}.jsonl": "training_data.read_examples",
}


@pytest.mark.parametrize("place", ["no/such", "good.csv/x"])
@pytest.mark.parametrize(("command", "step"), WORK.items(), ids=WORK)
@pytest.mark.usefixtures("work")
def test_a_place_that_cannot_be_written_is_told_before_the_work(
    command: str, step: str, place: str, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_early(*_: object, **__: object) -> None:
        raise AssertionError("the work has begun")

    monkeypatch.setattr(f"reread.apps.cli.{step}", too_early)
    outcome = reread(command.format(place))
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
