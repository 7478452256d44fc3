"""`reread weak`: rows and rules in, the same rows with labels out."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from support.command_line import Command, reviews

RULES = """
classes = ["neg", "pos"]

[[rule]]
name = "lovely"
label = "pos"
words = ["lovely", "bright"]

[[rule]]
name = "dull"
label = "neg"
pattern = "dull|tedious"

[[rule]]
name = "no fun"
label = "neg"
words = ["no fun"]

[[rule]]
name = "fun"
label = "pos"
pattern = "fun"
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with ``rules.toml`` and ``good.csv``: 30 reviews."""
    (tmp_path / "rules.toml").write_text(RULES, encoding="utf-8")
    (tmp_path / "good.csv").write_text(reviews(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows_of(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("join", ["dawid-skene", "majority"])
def test_every_row_keeps_its_place_and_has_a_label(join: str, here: Path, reread: Command) -> None:
    Path("more.csv").write_text(f'{reviews()}"a film",pos\n', encoding="utf-8")
    outcome = reread(f"weak rules.toml more.csv -o out.csv --join {join}")
    without = "1 row without a vote: reread train, which reads the probabilities, leaves such rows out; --refine 2 labels them\n"
    assert (outcome.code, outcome.err) == (0, f"{without}31 rows written to out.csv\n")
    rows, out = rows_of("more.csv"), rows_of("out.csv")
    added = ["prediction", "probability:neg", "probability:pos", "votes", "error"]
    assert list(out[0]) == ["text", "label", *added]
    assert [{"text": row["text"], "label": row["label"]} for row in out] == rows
    assert [out[-1][name] for name in added] == ["", "", "", "0", ""]
    for row in out[:-1]:
        chances = {name: float(row[f"probability:{name}"]) for name in ("neg", "pos")}
        assert sum(chances.values()) == pytest.approx(1)
        assert chances[row["prediction"]] >= 0.5
    assert {row["votes"] for row in out[:-1]} == {"1", "2"}
    assert sum(row["prediction"] == row["label"] for row in out) >= 25


def test_the_table_counts_votes_and_the_json_says_the_same(here: Path, reread: Command) -> None:
    outcome = reread("weak rules.toml good.csv")
    assert (outcome.code, outcome.err) == (0, "")
    table = {line[:6].strip(): line.split() for line in outcome.out.splitlines()[1:5]}
    assert table["lovely"][1:6] == ["10", "33.3", "%", "0", "0"]
    assert table["lovely"][6].startswith("~0.")
    assert "\n~ estimated from fewer than 30 votes: little more than a guess\n" in outcome.out
    assert table["no fun"][2:7] == ["5", "16.7", "%", "5", "5"]
    assert table["fun"][1:6] == ["10", "33.3", "%", "5", "5"]
    assert "30 rows, 30 with a vote, 0 without one (0.0 %)" in outcome.out
    said = json.loads(reread("weak rules.toml good.csv --json").out)
    assert [(rule["name"], rule["votes"], rule["overlaps"], rule["conflicts"]) for rule in said["rules"]] == [
        ("lovely", 10, 0, 0),
        ("dull", 10, 0, 0),
        ("no fun", 5, 5, 5),
        ("fun", 10, 5, 5),
    ]
    assert {key: said[key] for key in ("rows", "failed", "without_vote", "true_accuracy", "join", "out")} == {
        "rows": 30, "failed": 0, "without_vote": 0, "true_accuracy": None, "join": "dawid-skene", "out": None,
    }  # fmt: skip
    assert sum(said["classes"].values()) == pytest.approx(1)


def test_true_labels_are_told_and_change_no_label(here: Path, reread: Command) -> None:
    assert reread("weak rules.toml good.csv -o without.csv").code == 0
    outcome = reread("weak rules.toml good.csv -o with.csv --label label")
    assert "true accuracy" in outcome.out
    assert Path("with.csv").read_bytes() == Path("without.csv").read_bytes()
    said = json.loads(reread("weak rules.toml good.csv --label label --json").out)
    assert [rule["true_accuracy"] for rule in said["rules"]] == [1.0, 1.0, 1.0, 0.5]
    assert said["true_accuracy"] >= 25 / 30
    Path("other.csv").write_text("text,label\na lovely film,\na dull film,neg\n", encoding="utf-8")
    assert json.loads(reread("weak rules.toml other.csv --label label --json").out)["true_accuracy"] == 1.0
    Path("other.csv").write_text("text,label\na lovely film,positive\n", encoding="utf-8")
    outcome = reread("weak rules.toml other.csv --label label")
    assert outcome.code == 2
    assert 'other.csv, line 2: unknown label "positive"; the classes are "neg", "pos"' in outcome.err


def test_bad_rows_keep_their_place(here: Path, reread: Command) -> None:
    Path("rules.toml").write_text(f'{RULES}\n[[rule]]\nname = "stars"\nlabel = "pos"\ncolumn = "stars"\nabove = 3\n')
    Path("bad.csv").write_text(
        'text,stars\na lovely film,5\n" ",5\na dull film,many\nfun,1,2\ndull,\n', encoding="utf-8"
    )
    outcome = reread("weak rules.toml bad.csv -o out.csv")
    assert (outcome.code, outcome.err) == (0, "3 of 5 rows could not be voted on; the error column says why\n")
    assert "2 rows, 2 with a vote" in outcome.out
    out = rows_of("out.csv")
    assert [row["votes"] for row in out] == ["2", "", "", "", "1"]
    assert [bool(row["prediction"]) for row in out] == [True, False, False, False, True]
    assert out[1]["error"] == "text is only white space"
    assert out[2]["error"] == 'rule "stars": "stars" is not a number: \'many\''
    assert out[3]["error"]
    outcome = reread("weak rules.toml bad.csv")
    assert outcome.err == "3 of 5 rows could not be voted on; the first is row 2: text is only white space\n"


def test_where_and_a_named_column_of_texts(here: Path, reread: Command) -> None:
    Path("two.csv").write_text("what,part\na lovely film,a\na dull film,b\nfun,a\n", encoding="utf-8")
    assert reread("weak rules.toml two.csv --text what --where part=a -o out.jsonl").code == 0
    out = [json.loads(line) for line in Path("out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["what"], row["prediction"], row["votes"]) for row in out] == [
        ("a lovely film", "pos", 1),
        ("fun", "pos", 1),
    ]
    outcome = reread("weak rules.toml two.csv --text what --where part=c")
    assert (outcome.code, outcome.err) == (2, "reread: two.csv: no row has part=c\n")


def test_refining_labels_the_rows_without_a_vote_too(here: Path, reread: Command) -> None:
    films = [f"a {word} warm film {k},pos" for k in range(10) for word in ("lovely", "bright")]
    films += [f"a {word} cold film {k},neg" for k in range(10) for word in ("dull", "tedious")]
    films += [f"the {word} one {k},{label}" for k in range(3) for word, label in (("warm", "pos"), ("cold", "neg"))]
    Path("films.csv").write_text("\n".join(["text,label", *films, '" ",pos', ""]), encoding="utf-8")
    outcome = reread("weak rules.toml films.csv --refine 2 --label label -o out.csv --threads 1")
    assert (outcome.code, outcome.err) == (0, "1 of 47 rows could not be voted on; the error column says why\n")
    lines = [line.split() for line in outcome.out.splitlines()]
    assert ["rules", "87.0", "%", "1.0000", "1.0000", "-"] in lines
    assert ["round", "1", "100.0", "%", "0", "1.0000", "1.0000", "1.0000"] in lines
    out = rows_of("out.csv")
    assert [row["prediction"] for row in out[:-1]] == [row["label"] for row in out[:-1]]
    assert {row["votes"] for row in out[-7:-1]} == {"0"}
    assert (out[-1]["prediction"], out[-1]["votes"], out[-1]["error"]) == ("", "", "text is only white space")
    for row in out[:-1]:
        assert float(row["probability:neg"]) + float(row["probability:pos"]) == pytest.approx(1)
    said = json.loads(reread("weak rules.toml films.csv --refine 1 --json --threads 1").out)
    assert [(each["labelled"], each["changed"], each["true_accuracy"]) for each in said["rounds"]] == [
        (40, 0, None),
        (46, 0, None),
    ]
    assert json.loads(reread("weak rules.toml films.csv --json").out)["rounds"] == []


def test_a_recipe_refines(here: Path, reread: Command) -> None:
    recipe = (
        'summary = "s"\nsource = "s"\nbase = "lstm"\n[model]\nhidden = 4\nembedding_dim = 4\n[training]\nsteps = 2\n'
    )
    Path("small.toml").write_text(recipe, encoding="utf-8")
    outcome = reread("weak rules.toml good.csv --refine 1 --refine-with small.toml --threads 1 -o out.csv")
    assert outcome.code == 0
    assert [line for line in outcome.err.splitlines() if line.startswith("training model")] == [
        f"training model {k} of 5" for k in range(1, 6)
    ]
    assert {row["prediction"] for row in rows_of("out.csv")} <= {"neg", "pos"}
    assert "round 1" in outcome.out


def test_labels_on_standard_output_stand_alone(here: Path, reread: Command) -> None:
    outcome = reread("weak rules.toml good.csv -o - --quiet")
    assert (outcome.code, outcome.err) == (0, "")
    assert len(list(csv.DictReader(outcome.out.splitlines()))) == 30
    assert reread("weak rules.toml good.csv -o - --json").code == 2


def test_a_class_without_a_rule_is_told(here: Path, reread: Command) -> None:
    Path("rules.toml").write_text(RULES.replace('["neg", "pos"]', '["neg", "pos", "so so"]'), encoding="utf-8")
    outcome = reread("weak rules.toml good.csv")
    assert (outcome.code, outcome.err) == (0, 'no rule votes for "so so"\n')


def test_rows_without_a_vote_are_told_to_be_left_out_of_training(here: Path, reread: Command) -> None:
    Path("some.csv").write_text("text\na lovely film\na dull film\nthe sea\n", encoding="utf-8")
    outcome = reread("weak rules.toml some.csv -o out.csv")
    said = "1 row without a vote: reread train, which reads the probabilities, leaves such rows out; --refine 2 labels them\n"
    assert (outcome.code, outcome.err) == (0, f"{said}3 rows written to out.csv\n")
    assert reread("weak rules.toml some.csv").err == reread("weak rules.toml some.csv -o out.csv --quiet").err == ""


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("weak none.toml good.csv", "none.toml: cannot be read (No such file or directory); name a file of rules"),
        ("weak rules.toml none.csv", "none.csv: no such file"),
        ("weak rules.toml good.csv --join dawid", 'unknown way to join votes "dawid". Did you mean "dawid-skene"?'),
        ("weak rules.toml silent.csv -o out.csv", 'silent.csv: no rule of rules.toml votes on any row; write rules for what the texts say, and look whether they stand in the column "text"'),
        ("weak rules.toml blank.csv -o out.csv", "blank.csv: no row can be voted on; the first is row 1: text is only white space"),
        ("weak rules.toml good.csv --refine-with linear", "--refine-with names a model, but there is no round in which it learns; add --refine 2"),
        ("weak rules.toml good.csv --refine 1 --refine-with liner", 'unknown model to refine with "liner". Did you mean "linear"?'),
        ("weak rules.toml few.csv --refine 1", "refine: 3 different texts have a vote; a model that learns from them needs at least 10"),
        ("weak rules.toml good.csv --text what", 'good.csv: --text: there is no column "what"'),
        ("weak rules.toml good.csv --label what", 'good.csv: --label: there is no column "what"'),
        ("weak rules.toml good.csv -o out.doc", 'out.doc: the suffix ".doc" is unknown'),
        ("weak rules.toml good.csv -o no/out.csv", "no/out.csv: cannot be written"),
        ("weak rules.toml good.csv -o rules.toml", "rules.toml: is an input, so it cannot be where the labels go"),
        ("weak rules.toml good.csv -o good.csv", "good.csv: is an input, so it cannot be where the labels go"),
        ("weak checks.toml good.csv -o checks.py --out-format csv", "checks.py: is an input, so it cannot be where the labels go"),
        ("weak rules.toml clash.csv -o out.csv", 'clash.csv has a column "votes" already, which weak would add; rename it first'),
        ("weak broken.toml good.csv -o out.csv", 'broken.toml: rule "a": function fails with ZeroDivisionError: division by zero in line 2 of checks.py'),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_line(command: str, message: str, here: Path, reread: Command) -> None:
    Path("clash.csv").write_text("text,votes\na,1\n", encoding="utf-8")
    Path("checks.py").write_text("def check(text):\n    return 1 / 0\n", encoding="utf-8")
    Path("silent.csv").write_text("text\na film\n", encoding="utf-8")
    Path("blank.csv").write_text('text\n" "\n', encoding="utf-8")
    Path("few.csv").write_text(reviews(3), encoding="utf-8")
    for name in ("checks", "broken"):
        rule = '[[rule]]\nname = "a"\nlabel = "pos"\nfunction = "checks.py:check"\n'
        Path(f"{name}.toml").write_text(f'classes = ["neg", "pos"]\n{rule}', encoding="utf-8")
    before = {path: path.read_bytes() for path in here.iterdir()}
    outcome = reread(command)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert message in outcome.err
    assert {path: path.read_bytes() for path in here.iterdir()} == before


def test_labels_of_yesterday_are_written_over(here: Path, reread: Command) -> None:
    for _ in range(2):
        assert reread("weak rules.toml good.csv -o out.csv").code == 0


def test_rows_in_many_chunks_come_out_in_order(here: Path, reread: Command) -> None:
    rows = [f"{'lovely' if k % 3 else 'dull'} {k}" for k in range(9000)]
    Path("long.csv").write_text("\n".join(["text", *rows, ""]), encoding="utf-8")
    outcome = reread("weak rules.toml long.csv -o out.csv --quiet")
    assert (outcome.code, "~" in outcome.out) == (0, False)
    out = rows_of("out.csv")
    assert [row["text"] for row in out] == rows
    assert [row["prediction"] for row in out] == ["pos" if k % 3 else "neg" for k in range(9000)]
