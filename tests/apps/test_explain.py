from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from command_line import Command

from reread import load
from reread.data.read import open_rows
from reread.insight.explain.global_words import global_words


def read_csv(path: str) -> list[str]:
    return [row.values["text"] for row in open_rows(path)]


def test_a_text_is_shown_with_the_words_that_decided(work: Path, reread: Command) -> None:
    outcome = reread('explain model.reread "a lovely dull film"')
    expected = load("model.reread").explain("a lovely dull film")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"{expected.answer}: {expected.value:.3f} (log-odds), by deletion.\n")
    strongest = expected.strongest(1)[0]
    assert f"{strongest.text}  " in outcome.out
    assert f"{strongest.weight:+.3f}" in outcome.out
    assert expected.account in outcome.out


def test_json_has_places_and_the_page_is_written(work: Path, reread: Command) -> None:
    outcome = reread("explain model.reread '[bold]dull film</mark>' --json --html why.html --for neg --method deletion")
    found = json.loads(outcome.out)
    assert (found["answer"], found["method"], found["rest"]) == ("neg", "deletion", None)
    assert [found["text"][span["start"] : span["end"]] for span in found["spans"]] == [
        s["text"] for s in found["spans"]
    ]
    page = Path("why.html").read_text(encoding="utf-8")
    assert "Why neg?" in page
    assert page.count("</mark>") == page.count("<mark ")
    assert "&lt;" in page


def test_markup_in_a_text_is_text(work: Path, reread: Command) -> None:
    assert "[bold" in reread("explain model.reread '[bold]dull[/bold]' --method deletion").out.replace("+", "").replace(
        "-", ""
    )


def test_a_text_from_standard_input(work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for content, code in ((b"dull\n", 0), (b"\xff", 2)):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
        outcome = reread("explain model.reread - --json")
        assert outcome.code == code
        if code:
            assert outcome.err == "reread: standard input is no UTF-8: byte 0 is 0xff\n"
        else:
            assert json.loads(outcome.out)["text"] == "dull"


def test_a_file_is_explained_as_a_whole(work: Path, reread: Command) -> None:
    outcome = reread("explain model.reread --data good.csv --method pooled_words --top 3 --html words.html --json")
    found = json.loads(outcome.out)
    assert (outcome.code, outcome.err, found["texts"]) == (0, "", 30)
    model, texts = load("model.reread"), read_csv("good.csv")
    expected = global_words((model.explain(text, method="pooled_words") for text in texts), most=3)
    assert found["answers"] == [each.to_dict() for each in expected]
    assert all(len(each["for"]) <= 3 for each in found["answers"])
    page = Path("words.html").read_text(encoding="utf-8")
    first = expected[0]
    assert f"<h2>for {first.answer}, {first.texts} texts, log-odds</h2>" in page
    assert f"<td>{first.speaking_for[0].text}</td><td>{first.speaking_for[0].weight:+.3f}</td>" in page


def test_words_that_drive_answers_are_shown(work: Path, reread: Command) -> None:
    Path("two.csv").write_text("review,kind\ndull film,a\n,a\nlovely film,b\n", encoding="utf-8")
    outcome = reread("explain model.reread --data two.csv --text review --where kind=a --for neg --method deletion")
    assert (outcome.code, outcome.err) == (0, "1 row without a text passed over\n")
    assert "for neg, 1 text, log-odds\n" in outcome.out
    assert "dull" in outcome.out
    assert "lovely" not in outcome.out


def test_gates_are_drawn(work: Path, reread: Command) -> None:
    outcome = reread("explain model.reread 'dull film' --method pooled_words --gates gates.svg --quiet")
    assert (outcome.code, outcome.err) == (0, "")
    svg = Path("gates.svg").read_text(encoding="utf-8")
    assert all(f"<!-- {words} -->" in svg for words in ("dull", "film", "cell, read back"))
    assert reread("explain model.reread 'dull film' --gates gates.pdf").err.startswith("reread: figure gates.pdf: ")


def test_the_most_similar_rows_are_shown(work: Path, reread: Command) -> None:
    texts = read_csv("good.csv")
    outcome = reread(f"explain model.reread '{texts[6]}' --examples good.csv --json --html why.html")
    found = json.loads(outcome.out)["examples"]
    assert [each["text"] for each in found] == [texts[int(each["place"].rpartition(" ")[2]) - 2] for each in found]
    assert {each["text"].partition(",")[0] for each in found} == {texts[6].partition(",")[0]}
    assert found[0]["cosine"] == pytest.approx(1, abs=1e-6)
    assert found[0]["targets"] == {"label": "pos"}
    row = f"<td>{found[0]['text']}</td><td>pos</td><td>1.000</td><td>{found[0]['place']}</td>"
    assert row in Path("why.html").read_text("utf-8")
    shown = reread(f"explain model.reread '{texts[6]}' --examples good.csv --where label=pos --quiet").out
    assert "most like it to the network, in good.csv" in shown
    assert " neg " not in shown.partition("most like")[2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "what to explain is a TEXT or a file of texts, --data FILE: neither is given"),
        ("dull --data good.csv", "what to explain is a TEXT or a file of texts, --data FILE: both are given"),
        ("dull --where a=b", "--where says how a file is read; say which with --data FILE or --examples FILE"),
        (
            "--data good.csv --examples good.csv",
            "--examples FILE is about one TEXT; leave it out with --data FILE",
        ),
        ("--data nowhere.csv", "nowhere.csv: no such file"),
        ("--data good.csv --text review", "good.csv: "),
    ],
)
def test_what_is_explained_is_asked_for_once(work: Path, reread: Command, options: str, message: str) -> None:
    outcome = reread(f"explain model.reread {options}")
    assert outcome.code == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--for good", 'unknown class "good". Known: neg, pos'),
        ("--method gradients", 'unknown method of explaining "gradients"'),
        ("--html nowhere/why.html", "--html nowhere/why.html cannot be written: No such file or directory"),
    ],
)
def test_what_goes_wrong_is_one_line(work: Path, reread: Command, options: str, message: str) -> None:
    outcome = reread(f"explain model.reread text {options}")
    assert outcome.code == 2
    assert outcome.err.startswith(f"reread: {message}")
    assert outcome.err.count("\n") == 1
