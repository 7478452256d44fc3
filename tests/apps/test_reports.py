"""report.html: where `train` and `evaluate` write it, what is in it, and how it is turned off."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest

from reread import load
from reread.apps.cli import training
from reread.bundle import REPORT, SUMS
from support.command_line import TINY, Command, reviews

SMALL = f"--model rnn {TINY}"


def shops(rows: int = 30) -> str:
    """The reviews of ``command_line``, with the shop of each."""
    lines = [
        f'"a {("lovely", "dull")[k % 2]} film, take {k}",{("pos", "neg")[k % 2]},shop {k % 2}' for k in range(rows)
    ]
    return "\n".join(["text,label,shop <b>", *lines, ""])


def test_training_writes_it_into_the_folder(work: Path) -> None:
    page = Path("model.reread", REPORT).read_text(encoding="utf-8")
    assert "model.reread: predicts label from text" in page
    assert "good.csv -o " in page
    assert "linear baseline" in page
    assert "rows held out of the training file" in page
    assert f"  {REPORT}\n" in Path("model.reread", SUMS).read_text(encoding="utf-8")


def test_the_terminal_and_the_report_say_the_same(work: Path, reread: Command) -> None:
    outcome = reread(f"train good.csv --validation 0.5 {SMALL}")
    sentences = [
        line
        for line in outcome.out.splitlines()
        if "than the linear baseline in " in line or "These rows cannot show" in line
    ]
    assert len(sentences) == 1
    assert escape(sentences[0]) in Path("good.reread", REPORT).read_text(encoding="utf-8")


def test_training_without_it(work: Path, reread: Command) -> None:
    assert reread(f"train good.csv --no-report --no-baseline {SMALL}").code == 0
    assert not Path("good.reread", REPORT).exists()
    assert tomllib.loads(Path("good.reread/run.toml").read_text(encoding="utf-8"))["no_report"] is True


def failing(error: type[BaseException]) -> Callable[..., str]:
    """A page that cannot be made."""

    def fail(*_: object, **__: object) -> str:
        raise error

    return fail


def test_a_page_that_fails_costs_no_model(work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "training_report", failing(ZeroDivisionError))
    with pytest.raises(ZeroDivisionError):
        reread(f"train good.csv -o one.reread {SMALL}")
    monkeypatch.setattr(training, "training_report", failing(KeyboardInterrupt))
    outcome = reread(f"train good.csv -o two.reread {SMALL}")
    assert outcome.code == 130
    assert "two.reread holds the model, without its report" in outcome.err
    for folder in ("one.reread", "two.reread"):
        assert load(folder).predict(["a lovely film"])
        assert not Path(folder, REPORT).exists()
    assert not list(Path().glob("*.partial"))


def test_slices_are_shown_and_change_nothing_else(work: Path, reread: Command) -> None:
    Path("shops.csv").write_text(shops(), encoding="utf-8")
    for out, more in (("plain", ""), ("sliced", "--slice 'shop <b>' --slice text --slice 'shop <b>'")):
        assert reread(f"train shops.csv -o {out}.reread --validation 0.5 {more} {SMALL}").code == 0
    plain, sliced = (
        json.loads(Path(f"{name}.reread/config.json").read_text(encoding="utf-8")) for name in ("plain", "sliced")
    )
    assert plain["data"] == sliced["data"]
    page = Path("sliced.reread", REPORT).read_text(encoding="utf-8")
    assert "By shop &lt;b&gt;" in page
    assert "By text: no two groups of at least 5 rows." in page
    assert "<b>" not in page


def test_what_was_found_in_the_data_is_shown(work: Path, reread: Command) -> None:
    rows = Path("good.csv").read_text(encoding="utf-8")
    Path("twice.csv").write_text(
        f"{rows}a film that stands twice,pos\na film that stands twice,neg\n", encoding="utf-8"
    )
    assert reread(f"train twice.csv --no-baseline {SMALL}").code == 0
    page = Path("twice.reread", REPORT).read_text(encoding="utf-8")
    assert "What to look at in the data" in page
    assert "twice.csv, 33" in page
    assert "What to look at in the data" not in Path("model.reread", REPORT).read_text(encoding="utf-8")


def test_a_column_that_is_not_there(work: Path, reread: Command) -> None:
    for command in (f"train good.csv {SMALL} --overwrite", "evaluate model.reread good.csv"):
        outcome = reread(f"{command} --slice town")
        assert outcome.code == 2
        assert '"town"' in outcome.err
        assert "--slice" in outcome.err


def test_a_training_without_rows_held_out_has_a_short_one(work: Path, reread: Command) -> None:
    assert reread(f"train good.csv --set training.validation=0 --no-baseline {SMALL}").code == 0
    page = Path("good.reread", REPORT).read_text(encoding="utf-8")
    assert "No rows were held out of the training file" in page
    assert "Which classes are confused?" not in page


def test_an_evaluation_writes_it_beside_the_model(work: Path, reread: Command) -> None:
    turned = reviews().replace('take 3",neg', 'take 3",pos')
    assert turned != reviews(), "one label is wrong"
    Path("good.csv").write_text(turned, encoding="utf-8")
    outcome = reread("evaluate model.reread good.csv")
    assert outcome.code == 0
    assert "30 rows; report: model.good.html" in outcome.out
    page = Path("model.good.html").read_text(encoding="utf-8")
    assert "Measured on 30 rows of good.csv." in page
    assert "reread evaluate model.reread good.csv" in page
    assert "good.csv, line 5" in page
    assert '<mark class="' in page, "mistakes are explained"


def test_an_evaluation_writes_it_where_it_is_asked_for(work: Path, reread: Command) -> None:
    outcome = reread("evaluate model.reread good.csv --report here.html --json")
    assert (outcome.code, outcome.out.count("\n")) == (0, 1)
    assert json.loads(outcome.out)["report"] == "here.html"
    assert Path("here.html").is_file()
    assert not Path("model.good.html").exists()
    assert reread("evaluate model.reread good.csv --report nowhere/here.html").code == 2


def test_an_evaluation_without_it(work: Path, reread: Command) -> None:
    outcome = reread("evaluate model.reread good.csv --no-report --json")
    assert json.loads(outcome.out)["report"] is None
    assert sorted(path.name for path in Path().iterdir()) == ["good.csv", "model.reread"]


def test_standard_output_belongs_to_the_results(work: Path, reread: Command) -> None:
    outcome = reread("evaluate model.reread good.csv --report -")
    assert outcome.code == 2
    assert "name a file, such as report.html" in outcome.err


def test_what_was_found_in_the_rows_of_an_evaluation_is_shown(work: Path, reread: Command) -> None:
    Path("twice.csv").write_text("text,label\nlovely &amp; warm,pos\nlovely &amp; warm,neg\n", encoding="utf-8")
    assert reread("evaluate model.reread twice.csv").code == 0
    page = Path("model.twice.html").read_text(encoding="utf-8")
    assert "What to look at in the data" in page
    assert "twice.csv, 2 (pos; as twice.csv, 3): lovely &amp;amp; warm" in page
    assert "twice.csv, 2 (HTML; pos): lovely &amp;amp; warm" in page
    assert reread("evaluate model.reread good.csv").code == 0
    assert "What to look at in the data" not in Path("model.good.html").read_text(encoding="utf-8")


def test_slices_that_no_report_would_show(work: Path, reread: Command) -> None:
    for command in ("evaluate model.reread good.csv", f"train good.csv -o new.reread {SMALL}"):
        outcome = reread(f"{command} --slice label --no-report")
        assert (outcome.code, outcome.out) == (2, "")
        assert "--no-report and --slice label contradict each other" in outcome.err


def test_contradicting_options(work: Path, reread: Command) -> None:
    outcome = reread("evaluate model.reread good.csv --no-report --report here.html")
    assert outcome.code == 2
    assert "--no-report and --report" in outcome.err


def test_where_nothing_can_be_written_the_figures_are_told_all_the_same(
    work: Path, reread: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("model.good.html").mkdir()
    outcome = reread("evaluate model.reread good.csv")
    assert outcome.code == 0
    assert "no report: model.good.html: is a folder" in outcome.err
    assert "choose another place with --report FILE" in outcome.err
    assert "accuracy" in outcome.out


def test_ordered_classes_and_joint_stacks_are_reported(work: Path, reread: Command) -> None:
    rows = [
        f"a {('dull', 'fair', 'lovely')[k % 3]} film number {k},{k % 3 + 1},{('plot', 'plot;music', 'music')[k % 3]}"
        for k in range(24)
    ]
    Path("r.csv").write_text("\n".join(["text,stars,topics", *rows, ""]), encoding="utf-8")
    options = ["--label stars --ordinal-order 1,2,3", "--label topics --target stars --label-separator ;"]
    for option in options:
        assert reread(f"train r.csv -o m.reread --overwrite --validation 0.3 {option} {SMALL}").code == 0
        assert reread("evaluate m.reread r.csv --report m.html --slice stars").code == 0
        assert "By stars" in Path("m.html").read_text(encoding="utf-8")


def test_marks_are_for_the_label_that_is_most_wrong(work: Path, reread: Command) -> None:
    rows = [f"a {('lovely', 'dull')[k % 2]} film number {k},{k},{('plot;music', 'plot')[k % 2]}" for k in range(24)]
    Path("r.csv").write_text("\n".join(["text,price,topics", *rows, ""]), encoding="utf-8")
    options = "--target price --label topics --label-separator ; --no-baseline --no-report"
    assert reread(f"train r.csv {options} {TINY}").code == 0
    assert reread("evaluate r.reread r.csv --report r.html").code == 0
    page = Path("r.html").read_text(encoding="utf-8")
    found = re.findall(r"<dt>marks for</dt><dd>(.*?)</dd>.*?<blockquote[^>]*>(.*?)</blockquote>", page, re.DOTALL)
    assert found
    model = load("r.reread")
    for label, marked in found:
        words = model.explain(re.sub("<.*?>", "", marked), target=f"topics={label}", method="pooled_words")
        heaviest = words.strongest(1)[0]
        assert f'<mark class="{"for" if heaviest.weight > 0 else "against"}3">{heaviest.text}</mark>' in marked


def test_each_answers_by_its_own_thresholds(work: Path, reread: Command) -> None:
    words = ("lovely", "fair", "dull")
    rows = [f"a {words[k % 3]} film number {k % 7},{'pos' if k % 3 == 0 or k % 5 == 0 else 'neg'}" for k in range(120)]
    Path("r.csv").write_text("\n".join(["text,label", *rows, ""]), encoding="utf-8")
    trained = reread(f"train r.csv --json --validation 0.5 --decide cost=10:1 {SMALL}")
    assert trained.code == 0
    measured = reread("evaluate r.reread r.csv --json")
    tile = '<span class="of">linear baseline</span> <strong>(.*?)</strong>'
    for outcome, page in ((trained, f"r.reread/{REPORT}"), (measured, "r.r.html")):
        expected = json.loads(outcome.out)["baseline"]["accuracy"]
        assert re.findall(tile, Path(page).read_text(encoding="utf-8")) == [f"{expected:.4f}"]
