from __future__ import annotations

import io
import json
import shlex
import sys
from html import escape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from reread import load
from reread.apps.cli.explaining import marked
from reread.apps.cli.run import run
from reread.data.read import open_rows
from reread.errors import DataError
from reread.explain.deletion import Deletion
from reread.explain.method import Question
from reread.insight.explain.global_words import global_words
from support.command_line import TINY, Command, reviews
from support.explanations import explained


def read_csv(path: str) -> list[str]:
    return [row.values["text"] for row in open_rows(path)]


def test_a_text_is_shown_with_the_words_that_decided(work: Path, reread: Command) -> None:
    outcome = reread('explain model.reread "a lovely dull film"')
    expected = load("model.reread").explain("a lovely dull film")
    assert (outcome.code, outcome.err) == (0, "")
    probability = max(load("model.reread").predict_proba(["a lovely dull film"])[0])
    members = f"linear {expected.members['linear']:+.3f}, network {expected.members['network']:+.3f}"
    first = (
        f"Why {expected.answer}? Probability {probability:.3f}; {expected.value:.3f} log-odds before calibration ({members}); "
        "by the linear model's weights."
    )
    assert outcome.out.splitlines()[0] == first
    strongest = expected.strongest(1)[0]
    assert f"{strongest.text}  " in outcome.out
    assert f"{strongest.weight:+.3f}" in outcome.out
    assert expected.account in outcome.out
    lines = [line.rsplit(None, 1) for line in outcome.out.splitlines()]
    printed = {name: float(number) for name, number in (line for line in lines if len(line) == 2) if number[0] in "+-"}
    assert printed["(without any word)"] == pytest.approx(expected.base, abs=1e-3)
    assert sum(printed.values()) == pytest.approx(2 * printed["(in all)"], abs=5e-3)
    assert printed["(in all)"] == pytest.approx(expected.value, abs=1e-3)


def test_json_has_places_and_the_page_is_written(work: Path, reread: Command) -> None:
    outcome = reread("explain model.reread '[bold]dull film</mark>' --json --html why.html --for neg --method deletion")
    (found,) = json.loads(outcome.out)["explanations"]
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
            assert outcome.err == "reread: standard input is not UTF-8: byte 0 is 0xff\n"
        else:
            assert json.loads(outcome.out)["explanations"][0]["text"] == "dull"


def test_a_file_is_explained_as_a_whole(work: Path, reread: Command) -> None:
    Path("more.csv").write_text(reviews(60), encoding="utf-8")
    outcome = reread("explain model.reread --data more.csv --method pooled_words --top 3 --html words.html --json")
    found = json.loads(outcome.out)
    assert (outcome.code, outcome.err, found["texts"]) == (0, "", 60)
    model, texts = load("model.reread"), read_csv("more.csv")
    expected = global_words((model.explain(text, method="pooled_words") for text in texts), most=3, least=None)
    assert found["answers"] == [each.to_dict() for each in expected]
    assert (found["without_text"], found["set_aside"]) == (0, 0)
    assert (found["method"], found["account"]) == ("pooled_words", expected[0].account)
    assert all(len(each["for"]) <= 3 for each in found["answers"])
    page = Path("words.html").read_text(encoding="utf-8")
    assert f"<p>By pooled words. {escape(expected[0].account)}</p>" in page
    first = next(each for each in expected if each.speaking_for)
    assert f"<h2>for {first.answer}, {first.texts} texts, log-odds; words of at least 2 texts</h2>" in page
    assert f"<td>{first.speaking_for[0].text}</td><td>{first.speaking_for[0].weight:+.3f}</td>" in page
    assert "The strongest first: by the mean weight" in page
    for each in expected:
        widths = [driver.force for driver in (*each.speaking_for, *each.speaking_against)]
        assert f'style="width:{100 * abs(widths[-1]) / max(map(abs, widths)):.0f}%"' in page


def test_words_of_few_texts_are_not_shown(work: Path, reread: Command) -> None:
    outcome = reread("explain model.reread --data good.csv --method pooled_words --least 5 --json")
    assert {each["least"] for each in json.loads(outcome.out)["answers"]} == {5}
    drivers = [one for each in json.loads(outcome.out)["answers"] for one in each["for"] + each["against"]]
    assert drivers
    assert all(driver["texts"] >= 5 for driver in drivers)
    said = reread("explain model.reread --data good.csv --method pooled_words --least 5").out
    assert "texts, log-odds; words of at least 5 texts" in said


def test_words_that_drive_answers_are_shown(work: Path, reread: Command) -> None:
    Path("two.csv").write_text("review,kind\ndull film,a\n,a\nlovely film,b\n", encoding="utf-8")
    outcome = reread("explain model.reread --data two.csv --text review --where kind=a --for neg --method deletion")
    assert (outcome.code, outcome.err) == (0, "1 row without a text skipped\n")
    assert outcome.out.splitlines()[-1].startswith("By deletion. How much lower the answer is")
    assert "for neg, 1 text, log-odds\n" in outcome.out
    assert "dull" in outcome.out
    assert "lovely" not in outcome.out
    for option in ("--data", "dull --examples"):
        outcome = reread(f"explain model.reread {option} two.csv --text review --json")
        assert (json.loads(outcome.out)["without_text"], outcome.err) == (1, "1 row without a text skipped\n")


@pytest.mark.parametrize("option", ["--data", "dull --examples"])
def test_a_file_without_a_text_is_bad_data(work: Path, reread: Command, option: str) -> None:
    Path("none.csv").write_text("text,label\n,a\n ,b\n", encoding="utf-8")
    for command, message in (
        ("good.csv --where label=nobody", "good.csv: no row has label=nobody"),
        ("none.csv", "none.csv: 2 rows, none with a text"),
    ):
        outcome = reread(f"explain model.reread {option} {command} --json")
        assert outcome == (2, "", f"reread: {message}\n")


def test_texts_that_a_method_cannot_explain_are_set_aside(
    work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Deletion, "weights", refuse_long(Deletion.weights))
    Path("long.csv").write_text("text\na dull film\nsuch a very dull film\na warm film\n", encoding="utf-8")
    outcome = reread("explain model.reread --data long.csv --method deletion --json")
    found = json.loads(outcome.out)
    assert (outcome.code, found["texts"], found["set_aside"]) == (0, 3, 1)
    assert outcome.err == "long.csv, line 3 set aside: too long\n"
    assert sum(each["texts"] for each in found["answers"]) == 2
    Path("long.csv").write_text("text\nsuch a very dull film\n", encoding="utf-8")
    outcome = reread("explain model.reread --data long.csv --method deletion --quiet")
    assert outcome == (2, "", "reread: long.csv: none of its 1 text can be explained by this method\n")


def refuse_long(weights: Any) -> Any:
    def refusing(self: Deletion, question: Question) -> Any:
        if len(question.tokens) > 4:
            raise DataError("too long")
        return weights(self, question)

    return refusing


def test_each_target_of_a_joint_model_is_explained(work: Path, reread: Command) -> None:
    lines = [f"{line},{k % 7}" for k, line in enumerate(Path("good.csv").read_text(encoding="utf-8").splitlines()[1:])]
    Path("both.csv").write_text("\n".join(["text,label,stars", *lines, ""]), encoding="utf-8")
    trained = reread(f"train both.csv --label label --target stars -o j.reread --validation 0.4 --quiet {TINY}")
    assert trained.code == 0, trained.err
    shown = reread("explain j.reread 'a dull film' --method pooled_words --html j.html").out
    assert "of the network alone, which counts" in shown
    assert "\nWhy label: " in f"\n{shown}"
    assert "\nWhy stars: the number? " in shown
    assert Path("j.html").read_text(encoding="utf-8").count("<h2>Why ") == 2
    one = json.loads(reread("explain j.reread 'a dull film' --for stars --json").out)["explanations"]
    assert [each["answer"] for each in one] == ["stars: the number"]
    found = json.loads(reread("explain j.reread --data both.csv --json").out)
    assert {each["answer"] for each in found["answers"]} >= {"stars: the number"}
    assert sum(each["texts"] for each in found["answers"]) == 60


def test_a_terminal_without_colours_gets_signs() -> None:
    found = explained([2.0, -1.0], "good bad")
    colours = {name: Console(file=io.StringIO(), force_terminal=True, color_system=name) for name in ("256", None)}
    assert marked(found, colours[None]).plain == "+++good+++ --bad--"
    assert marked(found, colours["256"]).plain == "good bad"
    assert [str(span.style) for span in marked(found, colours["256"]).spans] == [
        "on bright_blue bold",
        "on yellow bold underline",
    ]


@pytest.fixture(scope="module")
def with_gates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose recurrence has gates; not to be changed."""
    folder = tmp_path_factory.mktemp("gates")
    (folder / "good.csv").write_text(reviews(), encoding="utf-8")
    command = f"train {folder}/good.csv -o {folder}/gated.reread --model bilstm_max --no-baseline --quiet {TINY}"
    assert run(shlex.split(command)) == 0
    return folder / "gated.reread"


def test_letters_that_no_font_has_are_drawn(with_gates: Path, work: Path, reread: Command) -> None:
    assert reread(f"explain {with_gates} 'dull 😀 film' --method pooled_words --gates gates.png").code == 0


@pytest.mark.parametrize("text", ["''", "'  '"])
def test_no_text_is_refused(text: str, work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "reread: the text to explain is empty or only white space; give one with at least one word\n"
    assert reread(f"explain model.reread {text}") == (2, "", said)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"\n")))
    assert reread("explain model.reread -") == (2, "", said)


@pytest.mark.parametrize("text", ["zzz qqq", "😀"])
def test_a_text_of_unknown_words_has_an_answer_and_a_line_that_says_so(text: str, work: Path, reread: Command) -> None:
    assert reread(f"explain model.reread '{text}'").err == ""  # the linear member answers, and reads parts of words
    outcome = reread(f"explain model.reread '{text}' --answer network")
    assert outcome.code == 0
    assert outcome.out.startswith("Why ")
    assert outcome.err.startswith("the network knows no word of this text")
    assert outcome.err.count("\n") == 1
    assert reread("explain model.reread 'zzz film' --answer network").err == ""


def test_gates_are_drawn(with_gates: Path, work: Path, reread: Command) -> None:
    outcome = reread(f"explain {with_gates} 'dull film' --method pooled_words --gates gates.svg --quiet")
    assert (outcome.code, outcome.err) == (0, "")
    svg = Path("gates.svg").read_text(encoding="utf-8")
    assert all(f"<!-- {words} -->" in svg for words in ("dull", "film", "cell, read back"))
    assert reread(f"explain {with_gates} 'dull film' --gates gates.pdf").err.startswith("reread: figure gates.pdf: ")
    refused = reread("explain model.reread 'dull film' --gates none.svg")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        "reread: this network's recurrence is not an LSTM, so it lacks an LSTM's gates; "
        "train with --model lstm, whose network has them\n"
    )


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
        ("", "give a TEXT, or a file of texts with --data FILE: neither is given"),
        ("dull --data good.csv", "give a TEXT, or a file of texts with --data FILE: both are given"),
        ("dull --where a=b", "--where is about how a file is read; name the file with --data FILE or --examples FILE"),
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
        ("--html -", "--html -: the results go to standard output; name a file, such as why.html"),
        ("--html nowhere/why.html", "nowhere/why.html: cannot be written (No such file or directory)"),
    ],
)
def test_what_goes_wrong_is_one_line(work: Path, reread: Command, options: str, message: str) -> None:
    outcome = reread(f"explain model.reread text {options}")
    assert outcome.code == 2
    assert outcome.err.startswith(f"reread: {message}")
    assert outcome.err.count("\n") == 1
