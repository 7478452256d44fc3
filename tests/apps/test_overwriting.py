"""What a command reads from it does not write over."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command_line import TINY, Command


@pytest.mark.parametrize(
    ("command", "what"),
    [
        ("audit good.csv -o good.csv --check duplicates", "where the findings go"),
        ("audit more.csv good.csv -o ./good.csv --check duplicates", "where the findings go"),
        ("audit more.csv --against good.csv -o good.csv", "where the findings go"),
        ("audit more.csv -o link.csv --against good.csv", "where the findings go"),
        ("audit more.csv --against good.csv --on-bad-rows set-aside --rejects good.csv", "the rejects file"),
        ("predict model.reread good.csv -o good.csv", "where the answers go"),
        ("evaluate model.reread more.csv good.csv --report good.csv", "the report"),
        ("evaluate model.reread more.csv good.csv --on-bad-rows set-aside --rejects good.csv", "the rejects file"),
        ("explain model.reread --data good.csv --html good.csv", "the page"),
        ("explain model.reread film --examples good.csv --html good.csv", "the page"),
        ("vectors train good.txt -o good.txt --overwrite", "the file of vectors"),
        ("train more.csv -o new.reread --vectors word2vec --unlabelled good.csv --on-bad-rows set-aside --rejects good.csv", "the rejects file"),
        ("train more.csv good.csv -o new.reread --log good.csv", "the log"),
    ],
)  # fmt: skip
def test_the_file_is_left_as_it_is(command: str, what: str, work: Path, reread: Command) -> None:
    rows = Path("good.csv").read_bytes()
    for name in ("more.csv", "good.txt"):
        Path(name).write_bytes(rows)
    Path("link.csv").symlink_to("good.csv")
    outcome = reread(command)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert f"is an input, so it cannot be {what}" in outcome.err
    assert [Path(name).read_bytes() for name in ("good.csv", "more.csv", "good.txt")] == [rows] * 3


@pytest.mark.parametrize(
    "command",
    [
        "evaluate model.reread good.csv --report out.jsonl",
        "audit good.csv --check duplicates -o out.jsonl",
    ],
)
def test_two_outputs_are_not_written_to_one_file(command: str, work: Path, reread: Command) -> None:
    outcome = reread(f"{command} --on-bad-rows set-aside --rejects ./out.jsonl")
    assert (outcome.code, outcome.out) == (2, "")
    assert "out.jsonl: cannot be both the rejects file and " in outcome.err
    assert not Path("out.jsonl").exists()


def test_options_that_are_read_are_no_rejects(work: Path, reread: Command) -> None:
    Path("options.jsonl").write_text("quiet = true\n", encoding="utf-8")
    outcome = reread(
        "evaluate model.reread good.csv --config options.jsonl --on-bad-rows set-aside --rejects options.jsonl"
    )
    assert outcome.err == "reread: options.jsonl: is an input, so it cannot be the rejects file\n"


def test_the_results_of_yesterday_are_written_over(work: Path, reread: Command) -> None:
    for _ in range(2):
        assert reread("predict model.reread good.csv -o out.csv").code == 0
        assert reread("audit good.csv -o findings.csv --check duplicates").code == 0
        assert reread("evaluate model.reread good.csv").code == 0
        assert reread("evaluate model.reread good.csv --report page.html").code == 0
        assert reread("evaluate model.reread good.csv --on-bad-rows set-aside --rejects bad.jsonl").code == 0


def test_rejects_of_before_are_read_where_none_are_written(work: Path, reread: Command) -> None:
    Path("good.rejects.jsonl").write_text('{"text": "a film", "label": "pos"}\n{"text": "dull", "label": "neg"}\n' * 20)
    assert reread(f"train good.rejects.jsonl -o good.reread --no-report --model rnn {TINY}").code == 0
