from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reread.data.examples import ColumnRequest, TargetRequest, read_examples
from reread.data.read import open_rows
from reread.data.values import LONGEST
from reread.data.write import open_writer
from reread.errors import ConfigError, DataError

NUMBER = ColumnRequest(targets=(TargetRequest("price", "number", "price"),))


def test_columns_found_by_name(make: Any) -> None:
    examples = read_examples(make("a.csv", "id,Review,Sentiment\n1,good,pos\n2,bad,neg\n"), ColumnRequest())
    assert list(examples.texts) == ["good", "bad"]
    assert examples.targets == {"label": ["pos", "neg"]}
    assert (examples.text_column, examples.target_columns) == ("Review", {"label": "Sentiment"})
    assert (examples.groups, examples.times, examples.weights) == (None, None, None)
    assert list(examples.lines) == [2, 3]
    assert len(examples) == 2


def test_everything_at_once(make: Any) -> None:
    request = ColumnRequest(
        text="t",
        targets=(TargetRequest("topic", "label", "y"), TargetRequest("price", "number", "p")),
        group="g",
        time="d",
        weight="w",
        where=(("split", "train"), ("lang", "en")),
        label_separator="|",
    )
    content = (
        "t,y,p,g,d,w,split,lang\na,x | y|x,1.5,g1,2024-01-31,1,train,en\nb,x,2,g1,2024-02-01,2,test,en\n"
        "c,z|,-3e2,g2,2024-01-30T12:00:00+01:00,0.5,train,en\nd,x,1,1,2024-01-01,1,train,zh\n"
    )
    examples = read_examples(make("a.csv", content), request)
    assert list(examples.texts) == ["a", "c"]
    assert examples.targets == {"topic": [["x", "y"], ["z"]], "price": [1.5, -300.0]}
    assert examples.groups == ["g1", "g2"]
    assert examples.times is not None
    assert examples.times[0] - examples.times[1] == 13 * 3600
    assert examples.weights == [1.0, 0.5]
    report = examples.report
    assert (report.read, report.kept, report.set_aside, report.filtered) == (4, 2, 0, 2)


def test_typed_values(make: Any) -> None:
    lines = [
        {"text": "a", "label": ["x"], "price": 1, "ok": True},
        {"text": "b", "label": [], "price": 2.5, "ok": False},
    ]
    name = make("a.jsonl", "\n".join(map(json.dumps, lines)))
    request = ColumnRequest(targets=(TargetRequest("label"), TargetRequest("price", "number")), time="price")
    examples = read_examples(name, request)
    assert examples.targets == {"label": [["x"], []], "price": [1.0, 2.5]}
    assert examples.times == [1.0, 2.5]
    for value, text in (("true", "a"), ("False", "b")):
        assert list(read_examples(name, ColumnRequest(where=(("ok", value),))).texts) == [text]
    for value in ("1", "1.0"):
        assert list(read_examples(name, ColumnRequest(where=(("price", value),))).texts) == ["a"]


def test_the_first_bad_rows_are_named_and_the_others_counted(make: Any) -> None:
    first = make("a.csv", "text,label\n,pos\na,pos\nb,\nc,d,e\n")
    missing = 'the text in column "text" is missing'
    places = f'a.csv, line 2: {missing}; line 4: the label in column "label" is missing; line 5: has 3 columns'
    with pytest.raises(DataError) as error:
        read_examples([first], ColumnRequest())
    assert str(error.value).startswith(places)
    assert str(error.value).endswith('; correct them, or pass on_bad_rows="set-aside"')
    assert "more bad" not in str(error.value)
    for count in (2, 3, 1500):
        more = make("b.csv", "text,label\n" + ",pos\n" * count + "a,pos\n")
        with pytest.raises(DataError) as error:
            read_examples([first, more], ColumnRequest())
        assert f"; b.csv, line 2: {missing}; line 3: {missing}; " in str(error.value)
        rest = {2: "", 3: "; and 1 more bad row", 1500: "; and 1,498 more bad rows"}[count]
        assert str(error.value).endswith(f'line 3: {missing}{rest}; correct them, or pass on_bad_rows="set-aside"')
        assert "\n" not in str(error.value)


def test_bad_rows_are_named_though_a_later_file_cannot_be_read(make: Any) -> None:
    first, second = make("a.csv", "text,label\n,pos\n"), make("b.csv", "title\nx\n")
    with pytest.raises(DataError, match=r'^a\.csv, line 2: the text in column "text" is missing; correct the row, or'):
        read_examples([first, second], ColumnRequest())


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"text": None}, 'the text in column "text" is missing'),
        ({"text": ""}, 'the text in column "text" is missing'),
        (
            {"text": "a" * (LONGEST + 1)},
            'the text in column "text" has 10,000,001 characters, more than 10,000,000: is a',
        ),
        ({"text": " \t\u3000"}, 'the text in column "text" is only white space'),
        ({"text": 5}, 'the text in column "text" is not a string: 5'),
        ({"text": ["a"]}, "the text in column \"text\" is not a string: ['a']"),
        ({"label": None}, 'the label in column "label" is missing'),
        ({"label": " "}, 'the label in column "label" is missing'),
        ({"label": float("nan")}, 'the label in column "label" is missing'),
        ({"label": 1}, 'the label in column "label" is a number, but the first one is a text: 1'),
        ({"label": True}, 'the label in column "label" is a truth value, but the first one is a text'),
        ({"label": ["pos"]}, "the label in column \"label\" is a list, unlike the ones before it: ['pos']"),
        ({"label": ["pos", None]}, 'the label in column "label" is missing'),
        ({"label": {"a": 1}}, "the label in column \"label\" is neither a text nor a number: {'a': 1}"),
        ({"price": None}, 'the target in column "price" is missing'),
        ({"price": float("nan")}, 'the target in column "price" is missing'),
        ({"price": "NaN"}, "the target in column \"price\" is not a finite number: 'NaN'"),
        ({"price": "inf"}, "the target in column \"price\" is not a finite number: 'inf'"),
        ({"price": 10**400}, 'the target in column "price" is not a number'),
        ({"price": "cheap"}, "the target in column \"price\" is not a number: 'cheap'"),
        ({"price": "1_000"}, "the target in column \"price\" is not a number: '1_000'"),
        (
            {"price": "-2,87"},
            "the target in column \"price\" is not a number: '-2,87'; write a decimal point, not a comma",
        ),
        ({"price": True}, 'the target in column "price" is not a number: True'),
        ({"price": [1]}, 'the target in column "price" is not a number: [1]'),
        ({"group": None}, 'the group in column "group" is missing'),
        ({"time": ""}, 'the time in column "time" is missing'),
        ({"time": "yesterday"}, "the time in column \"time\" is not a date like 2024-01-31: 'yesterday'"),
        ({"time": 2024}, 'the time in column "time" is not a date like 2024-01-31: 2024'),
        ({"weight": -1}, 'the weight in column "weight" is negative: -1'),
        ({"text": "x" * 10, "price": "x" * 1000}, 'the target in column "price" is not a number: \'xxx'),
    ],
)
def test_bad_rows_are_named_or_set_aside(make: Any, row: dict[str, Any], problem: str) -> None:
    good = {"text": "a", "label": "pos", "price": 1, "group": "g", "time": "2024-01-31", "weight": 1}
    name = make("a.jsonl", "\n".join(json.dumps(line) for line in (good, good | row, good)))
    targets = (TargetRequest("label"), TargetRequest("price", "number", "price"))
    request = ColumnRequest(targets=targets, group="group", time="time", weight="weight")
    with pytest.raises(DataError) as error:
        read_examples(name, request)
    assert str(error.value).startswith(f"a.jsonl, line 2: {problem}")
    assert str(error.value).endswith('; correct the row, or pass on_bad_rows="set-aside"')
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 250
    examples = read_examples(name, request, "set-aside", "rejects.jsonl")
    assert list(examples.lines) == [1, 3]
    (reject,) = open_rows("rejects.jsonl")
    assert reject.values["file"] == "a.jsonl"
    assert reject.values["line"] == 2
    assert reject.values["problem"].startswith(problem)
    assert reject.values["values"]["text"] == (good | row)["text"]


@pytest.mark.parametrize(("label", "shown"), [(10**400, "1" + 59 * "0"), (float("inf"), "inf")])
def test_a_label_beyond_every_double(make: Any, label: float, shown: str) -> None:
    lines = [{"text": "a", "label": 1}, {"text": "b", "label": label}]
    name = make("a.jsonl", "\n".join(map(json.dumps, lines)))
    with pytest.raises(
        DataError, match=f'^a.jsonl, line 2: the label in column "label" is not a finite number: {shown}'
    ):
        read_examples(name, ColumnRequest())
    assert list(read_examples(name, ColumnRequest(where=(("label", "1.0"),))).texts) == ["a"]


def test_half_of_a_surrogate_pair_in_an_encoding_that_has_some(make: Any) -> None:
    name = make("a.csv", b"text,label\na,pos\nb +2D0-,neg\nc,+2D0-\n")
    with pytest.raises(DataError, match='line 3: the text in column "text" holds half of a surrogate pair'):
        read_examples(name, ColumnRequest(), encoding="utf-7")
    examples = read_examples(name, ColumnRequest(), "set-aside", "rejects.jsonl", encoding="utf-7")
    assert list(examples.texts) == ["a"]
    label = 'the label in column "label" holds half of a surrogate pair'
    rejects = Path("rejects.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(rejects[1])["problem"] == label


def test_the_number_column_of_a_csv_with_nan(make: Any) -> None:
    with pytest.raises(
        DataError, match=r"^a.csv, line 3: the target in column \"price\" is not a finite number: 'nan';"
    ):
        read_examples(make("a.csv", "text,price\na,1\nb,nan\n"), NUMBER)


ANY_LINE = st.one_of(
    st.sampled_from(
        [
            "good,pos",
            "bad,neg",
            ",pos",
            "good,",
            " ,x",
            "a,b,c",
            "a",
            '"open,x',
            '"a" b,x',
            "nul\0,x",
            '"two',
            'lines",x',
        ]
    ),
    st.text(alphabet='ab ,"\r', min_size=1, max_size=8).filter(lambda line: line.strip("\r")),
)


@given(st.lists(ANY_LINE, min_size=1))
@settings(deadline=None)
def test_every_row_is_kept_or_rejected_once(lines: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, rejects = Path(folder, "a.csv"), Path(folder, "rejects.jsonl")
        path.write_bytes("\n".join(["text,label", "first,pos", *lines, ""]).encode())
        rows = {row.line: row for row in open_rows(path)}
        examples = read_examples(path, ColumnRequest(where=()), "set-aside", rejects)
        rejected = [] if not examples.report.set_aside else [row.values["line"] for row in open_rows(rejects)]
        assert sorted([*examples.lines, *rejected]) == list(rows)
        assert all(rows[line].values["text"] == text for line, text in zip(examples.lines, examples.texts, strict=True))
        report = examples.report
        assert (report.read, report.kept, report.set_aside) == (len(rows), len(examples), len(rejected))


def test_rejects_hold_what_the_file_holds(make: Any) -> None:
    name = make("a.csv", 'text,label\na,b,c\n"open,x\n,pos\nok,1\n')
    examples = read_examples(name, ColumnRequest(), "set-aside", "rejects.jsonl")
    assert examples.report.rejects == "rejects.jsonl"
    lines = [json.loads(line) for line in Path("rejects.jsonl").read_text().splitlines()]
    assert [(line["line"], line["values"]) for line in lines] == [
        (2, ["a", "b", "c"]),
        (3, ['"open,x']),
        (4, {"text": "", "label": "pos"}),
    ]


def test_several_files(make: Any) -> None:
    make("a.csv", "text,label\na,1\nb,2\n")
    make("b.jsonl", '{"label": "3", "text": "c"}')
    examples = read_examples(["a.csv", "b.jsonl"], ColumnRequest())
    assert list(examples.texts) == ["a", "b", "c"]
    assert [examples.place(i) for i in range(3)] == ["a.csv, line 2", "a.csv, line 3", "b.jsonl, line 1"]
    make("c.csv", "review,label\na,1\n")
    with pytest.raises(DataError, match=r'^c.csv: text: there is no column "text"'):
        read_examples(["a.csv", "c.csv"], ColumnRequest())


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (ColumnRequest(text="tekst"), '^a.csv: text: there is no column "tekst". Did you mean "text"'),
        (ColumnRequest(targets=(TargetRequest("x", "number"),)), "^a.csv: target: no column has a usual name"),
        (ColumnRequest(group="movie"), '^a.csv: group: there is no column "movie"'),
        (ColumnRequest(where=(("splitt", "x"),)), '^a.csv: where: there is no column "splitt". Did you mean "split"'),
        (ColumnRequest(where=(("split", "x"),)), "^a.csv: no row has split=x; there is split=train, split=test$"),
        (ColumnRequest(text="label"), '^a.csv: column "label" is already used as the text; name another with label$'),
        (
            ColumnRequest(targets=(TargetRequest("a", column="label"), TargetRequest("b", column="label"))),
            '^a.csv: column "label" is already used as the label; name another with label$',
        ),
    ],
)
def test_columns_that_cannot_be(make: Any, request_: ColumnRequest, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_examples(make("a.csv", "text,label,split\na,1,train\nb,2,test\n"), request_)


def test_nothing_left(make: Any) -> None:
    name = make("a.csv", "text,label\n,1\n,2\n")
    with pytest.raises(DataError, match=r"^a.csv: no row is left, 2 were set aside in r.jsonl"):
        read_examples(name, ColumnRequest(), "set-aside", "r.jsonl")
    assert len(list(open_rows("r.jsonl"))) == 2


@pytest.mark.parametrize(
    ("request_", "options", "message"),
    [
        (ColumnRequest(), ("skip",), '^on_bad_rows: "skip" is neither stop nor set-aside'),
        (ColumnRequest(), ("set-aside",), "needs a rejects file"),
        (ColumnRequest(), ("set-aside", "a.csv"), "^a.csv: is an input"),
        (ColumnRequest(targets=(TargetRequest("x", "date"),)), (), 'kind "date" is neither label nor number'),
        (ColumnRequest(targets=(TargetRequest("x"), TargetRequest("x"))), (), "own name"),
    ],
)
def test_requests_that_make_no_sense(
    make: Any, request_: ColumnRequest, options: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        read_examples(make("a.csv", "text,label\na,1\n"), request_, *options)


def test_equal_rows_have_one_fingerprint_in_every_format(make: Any) -> None:
    rows = [{"text": "好 a", "label": "pos"}, {"text": "b", "label": "neg"}]
    make("folder", "")
    found = set()
    for form in ("csv", "tsv", "jsonl", "parquet", "arrow"):
        with open_writer(f"a.{form}", ("text", "label")) as writer:
            for row in rows:
                writer.write(row)
        found.add(read_examples(f"a.{form}", ColumnRequest()).fingerprint)
    (fingerprint,) = found
    assert (fingerprint.rows, fingerprint.characters, fingerprint.columns) == (2, 4, ("text", "label"))
    assert type(fingerprint).from_config(json.loads(json.dumps(fingerprint.to_config()))) == fingerprint
    make("b.csv", "text,label\nb,neg\n好 a,pos\n")
    assert read_examples("b.csv", ColumnRequest()).fingerprint.sha256 != fingerprint.sha256


def test_bad_rows_may_go_to_a_function_and_files_may_be_open(make: Any) -> None:
    rows = open_rows(make("a.csv", "text,label\nx,p\n,n\ny,n\n"))
    told: list[tuple[str, int, str]] = []
    examples = read_examples(
        [rows], ColumnRequest(), lambda rows, row, problem: told.append((rows.name, row.line, problem))
    )
    assert list(examples.texts) == ["x", "y"]
    assert told == [(rows.name, 3, 'the text in column "text" is missing')]
    assert (examples.report.set_aside, examples.report.rejects) == (1, None)
    with pytest.raises(DataError, match=r"no row is left, 1 cannot be used$"):
        read_examples([open_rows(make("b.csv", "text,label\n,p\n"))], ColumnRequest(), lambda *_: None)


def test_texts_beyond_the_memory_are_the_same(make: Any) -> None:
    path = make("a.csv", "text,label\n" + "".join(f"text {k},p\n" for k in range(50)))
    assert list(read_examples(path, ColumnRequest(), memory=100).texts) == list(
        read_examples(path, ColumnRequest()).texts
    )
