"""Both READMEs: short, alike, with commands and Python that run as they stand, and figures that were measured."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path

import pytest

from reread.apps.cli.run import run
from support.command_line import reviews
from support.pages import READMES, ROOT, blocks, inline_code, lines, links, read

ENGLISH, CHINESE = READMES
ROWS = 120  # of the checkout
README = pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)


pytestmark = pytest.mark.usefixtures("short_training")


def python_of(page: Path) -> list[str]:
    return [block.text for block in blocks(page) if block.language == "python"]


def test_it_is_read_in_thirty_seconds() -> None:
    assert len(read(ENGLISH).split()) <= 600
    assert len(read(CHINESE)) <= len(read(ENGLISH))


def test_both_say_the_same_in_code_figures_and_links() -> None:
    assert lines(ENGLISH) == lines(CHINESE)
    assert python_of(ENGLISH) == python_of(CHINESE)
    assert set(links(ENGLISH)) - {CHINESE.name} == set(links(CHINESE)) - {ENGLISH.name}
    numbers = [re.findall(r"\d[\d,.]*\d", read(page).replace("**", "")) for page in READMES]
    assert sorted(numbers[0]) == sorted(numbers[1])


@README
def test_it_names_the_two_commands_of_a_fresh_checkout(page: Path) -> None:
    assert {"make demo", "make test"} <= set(inline_code(page))


def test_its_commands_run_as_they_stand(checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    commands = [line for line in lines(ENGLISH) if line.startswith("reread ")]
    assert [command.split()[1] for command in commands] == ["train", "explain", "predict"]
    for command in commands:
        code = run(shlex.split(command)[1:])
        assert (command, code) == (command, 0), capfd.readouterr().err
    answers = list(csv.DictReader(Path("answers.csv").read_text(encoding="utf-8").splitlines()))
    assert len(answers) == ROWS
    assert {row["prediction"] for row in answers} <= {"ham", "spam"}
    assert {path.name for path in checkout.iterdir()} == {"examples", "spam.reread", "answers.csv"}


def test_its_python_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = list(csv.DictReader(reviews(60).splitlines()))
    names = {"texts": [row["text"] for row in rows], "labels": [row["label"] for row in rows]}
    (code,) = python_of(ENGLISH)
    assert len([line for line in code.splitlines() if line]) == 6
    exec(code, names)
    assert set(names["model"].classes_) == {"pos", "neg"}
    assert Path("films.reread").is_dir()


def test_its_figures_are_those_of_the_record() -> None:
    """Rows, linear member, network and stack of each line; docs/defaults.md has samples and deviations too."""
    number = r"([\d.]+)(?: ± [\d.]+)?"
    record = read(ROOT / "docs" / "defaults.md").replace("**", "")
    lines = rf"^\| \w+ \| ([\d,]+) \| \w+ \|[^|]*\| {number} \| {number} \| {number} \|"
    measured = re.findall(lines, record, flags=re.MULTILINE)
    for page in READMES:
        table = re.findall(
            rf"^\|[^|]+\| ([\d,]+) \|[^|]+\| {number} \| {number} \| {number} \|$",
            read(page).replace("**", ""),
            flags=re.MULTILINE,
        )
        assert len(table) == 6
        assert set(table) <= set(measured)
