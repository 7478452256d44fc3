"""What --help shows: an example that works as it is printed, and the options that all commands share."""

from __future__ import annotations

import csv
import gzip
import re
import shutil
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from reread.apps.cli import commands, sections
from reread.scoring.backends.onnx import INPUTS
from support.command_line import TINY, Command
from support.glove_package import lay_package

EXAMPLES = Path(__file__).parents[2] / "examples"
COMMANDS = [
    "train",
    "predict",
    "evaluate",
    "verify",
    "export",
    "recipes",
    "settings",
    "data list",
    "data fetch",
    "vectors train",
    "vectors neighbours",
    "vectors list",
    "vectors fetch",
    "audit",
    "drift",
    "tune",
    "weak",
    "pretrain",
    "stream",
    "serve",
    "label",
    "agree",
]
COMMON = ["--help", "--config", "--seed", "--threads", "--device", "--quiet", "--json"]


def examples_of(text: str) -> list[str]:
    """The commands under "Example:"."""
    return re.findall(r"^ +reread (.+)$", text.partition("Example:")[2].partition("Options:")[0], flags=re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shows_an_example_and_takes_the_common_options(command: str, reread: Command) -> None:
    outcome = reread(f"{command} --help")
    assert outcome.code == 0
    assert outcome.err == ""
    assert [example.startswith(command) for example in examples_of(outcome.out)] == [True]
    assert [option for option in COMMON if f"{option} " not in outcome.out] == []


def test_the_package_is_run_as_the_command_is() -> None:
    done = subprocess.run([sys.executable, "-m", "reread", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("reread, version ")


def test_export_names_what_its_file_reads(reread: Command) -> None:
    said = reread("export --help").out
    assert [name for name in (*INPUTS, "ngrams", "ngram_values") if not re.search(rf"\b{name}\b", said)] == []


def test_no_command_at_all_shows_the_help(reread: Command) -> None:
    assert reread("") == (2, "", reread("--help").out)
    assert reread("-h").out == reread("--help").out


def keep_rows(path: Path, rows: int) -> None:
    """Leave the first rows of a CSV file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        lines = list(islice(csv.reader(file), rows + 1))
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)


def test_the_examples_work_as_they_are_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reread: Command
) -> None:
    """From a folder with the bundled examples, as a fresh clone is; rows are fewer, training is short, nothing is downloaded."""
    lay_package(tmp_path / "packages", monkeypatch)
    monkeypatch.chdir(tmp_path)
    shutil.copytree(EXAMPLES, "examples")
    keep_rows(Path("examples/sms_spam/sms_spam.csv.gz"), 1500)
    for name, label in (("ada", "ham"), ("bob", "spam")):
        Path(f"{name}.jsonl").write_text(f'{{"row": 1, "text": "a", "label": "{label}"}}\n', encoding="utf-8")
    shown = [example for command in COMMANDS for example in examples_of(reread(f"{command} --help").out)]
    (first, second) = examples_of(reread("--help").out)
    assert {first, second} <= set(shown)
    for example in [example for example in shown if not example.startswith(("data fetch", "stream", "serve", "label"))]:
        short = f" {TINY} --batch-size 256 --no-baseline" if example.startswith(("train", "tune")) else ""
        short += " --trials 2" if example.startswith("tune") else ""
        short += f" {TINY} --batch-size 256" if example.startswith("pretrain") else ""
        outcome = reread(example + short)
        assert (example, outcome.code) == (example, 0), outcome.err
    made = {
        "examples",
        "packages",
        "ada.jsonl",
        "bob.jsonl",
        "conflicts.csv",
        "spam.reread",
        "spam.sms_spam.html",
        "answers.csv",
        "spam.onnx",
        "words.safetensors",
        "findings.csv",
        "labelled.csv",
        "tuned.reread",
        "tuned.reread.study",
        "sms.pretrained",
    }
    assert {path.name for path in Path().iterdir()} == made


@pytest.mark.parametrize(
    "command",
    ["predict model.reread good.csv -o out.csv", "evaluate model.reread good.csv", "verify model.reread",
     "explain model.reread fun",
     "export model.reread --answer network -o out.onnx", "recipes", "data list", "vectors list", "vectors train good.csv --min-count 1 -o w.txt"],
)  # fmt: skip
def test_the_common_options_do_not_disturb(command: str, work: Path, reread: Command) -> None:
    Path("options.toml").write_text("quiet = true\nseed = 7\n", encoding="utf-8")
    outcome = reread(f"{command} --config options.toml --threads 1 --device cpu --json")
    assert outcome.code == 0
    assert outcome.err == ""
    assert outcome.out.count("\n") == 1
    assert outcome.out[0] in "{["


def options_of(said: str) -> set[str]:
    return set(re.findall(r"^  (?:-\w, )?(--[\w-]+)", said, flags=re.MULTILINE))


@pytest.mark.parametrize("command", ["train", "tune"])
def test_help_shows_the_usual_options_in_two_screens_and_help_all_the_others_too(command: str, reread: Command) -> None:
    usual, everything = reread(f"{command} --help").out, reread(f"{command} --help-all").out
    if command == "train":
        assert len(usual.splitlines()) <= 90  # of 80 columns
    assert options_of(everything) > options_of(usual)
    assert options_of(everything) - options_of(usual) == set(sections.UNUSUAL.split()) & options_of(everything)
    for title in sections.SECTIONS:
        assert f"\n{title}:\n" in usual


@pytest.mark.parametrize("command", ["predict", "stream", "data fetch"])
def test_help_of_few_options_shows_all_of_them(command: str, reread: Command) -> None:
    outcome = reread(f"{command} --help-all")
    assert outcome == reread(f"{command} --help")
    assert "--help-all" not in outcome.out


def test_every_option_in_a_section_is_one_of_a_command(reread: Command) -> None:
    there = set().union(*(options_of(reread(f"{command} --help-all").out) for command in COMMANDS))
    assert {name for names in sections.SECTIONS.values() for name in names.split()} - there == set()
    assert set(sections.UNUSUAL.split()) - there == set()


def test_the_help_names_every_command_in_one_line(reread: Command) -> None:
    said = reread("--help").out
    named = [name for members in sections.COMMANDS.values() for name in members]
    assert sorted(named) == commands_of_the_package()
    for members in sections.COMMANDS.values():
        for name, about in members.items():
            assert re.search(rf"^  {name} +{re.escape(about)}$", said, flags=re.MULTILINE)


def commands_of_the_package() -> list[str]:
    return sorted(path.stem for path in Path(commands.__file__).parent.glob("[a-z]*.py"))
