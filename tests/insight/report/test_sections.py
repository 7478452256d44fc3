"""Each section says what its rows say, and nothing where there is nothing to say."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from reread.baseline.learning_curve.curve import Gain, LearningCurve, Point
from reread.explain import Explanation, Span
from reread.insight.report import Measured, Noticed, Part, render
from reread.insight.report.blocks import Figure, Mistakes, Paragraph, Remarks, Section, Table, Tiles
from reread.insight.report.outcomes import Outcomes
from reread.insight.report.sections import FIRST, LAST, OF_A_TARGET
from reread.insight.report.sections.calibration import calibration
from reread.insight.report.sections.classes import classes
from reread.insight.report.sections.confusion import MOST, OTHERS, confusion
from reread.insight.report.sections.curves import curves
from reread.insight.report.sections.findings import findings
from reread.insight.report.sections.groups import by_column, by_name, by_size, groups
from reread.insight.report.sections.headline import headline
from reread.insight.report.sections.labels import labels
from reread.insight.report.sections.learning_curve import learning_curve
from reread.insight.report.sections.making import making
from reread.insight.report.sections.mistakes import mistakes
from reread.insight.report.sections.model import model
from reread.insight.report.sections.numbers import numbers
from reread.tasks.classification import Classification
from reread.tasks.metrics import f1_scores
from reread.tasks.multilabel import Multilabel
from reread.tasks.regression import Regression
from support.made_facts import MODEL, ROWS, TASKS, facts, measured


def part_of(kind: str, **others: Any) -> Part:
    return measured(kind, **others).parts()[0]


def only(section: Section | None, kind: type) -> Any:
    """The blocks of a kind."""
    assert section is not None
    return [block for block in section.blocks if isinstance(block, kind)]


def answered(truth: Sequence[str], answers: Sequence[str], sure: float = 0.9, **others: Any) -> Part:
    """Rows of classes with these answers, each given that probability."""
    names = sorted({*truth, *answers})
    chances = np.array(
        [[sure if name == answer else (1 - sure) / (len(names) - 1) for name in names] for answer in answers]
    )
    texts = [f"text {k}" for k in range(len(truth))]
    rows = Measured(
        tasks={"network": Classification(names)},
        targets=list(truth),
        scores={"network": np.log(chances)},
        texts=texts,
        place=str,
        name="label",
        **others,
    )
    return rows.parts()[0]


KINDS: dict[Callable[[Part], Section | None], set[str]] = {
    confusion: {"two classes", "three classes", "many classes", "ordered"},
    classes: {"two classes", "three classes", "many classes", "ordered"},
    labels: {"labels"},
    numbers: {"numbers", "quantiles"},
    calibration: {"two classes", "three classes", "many classes", "ordered", "labels"},
    groups: set(TASKS) - {"joint"},
    mistakes: set(TASKS) - {"joint"},
}


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_a_section_is_there_for_its_tasks_only(make: Callable[[Part], Section | None]) -> None:
    assert {kind for kind in TASKS if kind != "joint" and make(part_of(kind)) is not None} == KINDS[make]
    assert set(KINDS) == set(OF_A_TARGET)


def test_every_figure_says_what_it_shows() -> None:
    for kind in TASKS:
        everything = facts(measured(kind, slices={"shop": ["a", "b", "c"] * (ROWS // 3)}))
        made = [make(everything) for make in (*FIRST, *LAST)] + [
            make(part) for make in OF_A_TARGET for part in everything.parts
        ]
        for section in filter(None, made):
            for figure in only(section, Figure):
                assert figure.title
                assert figure.caption.endswith(".")
                assert "nan" not in figure.title
                assert re.search(r'aria-label="[^"]+"', figure.svg)


def test_the_headline_stands_beside_the_baselines() -> None:
    rows = measured("two classes", 400)
    section = headline(facts(rows))
    (tiles,) = only(section, Tiles)
    expected = [rows.tasks["network"].metrics(rows.targets, scores)["accuracy"] for scores in rows.scores.values()]
    assert [(tile.of, tile.value) for tile in tiles.tiles] == [
        ("network", f"{expected[0]:.4f}"), ("linear baseline", f"{expected[1]:.4f}"),
    ]  # fmt: skip
    assert only(section, Paragraph)[0].text.startswith(
        f"The network is better than the linear baseline in accuracy: {expected[0]:.4f} against {expected[1]:.4f}; the network alone is right on "
    )
    (table, _) = only(section, Table)
    assert table.header == ["metric", "network", "linear baseline"]
    assert table.rows[0] == ["accuracy", *(f"{value:.4f}" for value in expected)]


@pytest.mark.parametrize(("kind", "word"), [("two classes", "worse"), ("numbers", "worse")])
def test_a_worse_model_is_called_so(kind: str, word: str) -> None:
    rows = measured(kind, 400)
    ours, theirs = rows.scores.values()
    section = headline(facts(replace(rows, scores={"network": theirs, "linear baseline": ours})))
    assert f"The network is {word} than the linear baseline" in only(section, Paragraph)[0].text
    assert only(section, Paragraph)[1].text.startswith(
        "The better one answers with reread predict MODEL DATA --answer linear"
    )


def test_the_better_one_is_framed_or_none_where_the_rows_cannot_tell() -> None:
    rows = measured("two classes", 400)
    ours, theirs = rows.scores.values()
    for first, second, framed in ((ours, theirs, "network"), (theirs, ours, "linear baseline"), (ours, ours, "")):
        section = headline(facts(replace(rows, scores={"network": first, "linear baseline": second})))
        assert [tile.of for tile in only(section, Tiles)[0].tiles if tile.best] == ([framed] if framed else [])


def test_one_evaluation_is_a_line_of_a_table_and_no_curve() -> None:
    section = curves(facts(measured("two classes"), replace(MODEL, curve=MODEL.curve[:1])))
    assert only(section, Figure) == []
    assert only(section, Table)[0].rows == [["10", "0.5", "1.0000", "0.7500"]]


def test_a_picture_that_would_stand_alone_has_its_numbers_beside_it() -> None:
    for make, kind in ((groups, "two classes"), (numbers, "numbers")):
        assert only(make(part_of(kind)), Table)
    section = labels(part_of("labels"))
    assert [type(block) for block in section.blocks[:3]] == [Figure, Table, Figure]
    assert only(section, Table)[0].header[0] == "label"


def test_what_chance_may_have_done_is_not_concluded_from() -> None:
    rows = measured("two classes", 40)
    scores = rows.scores["network"].copy()
    section = headline(facts(replace(rows, scores={"network": scores, "linear baseline": scores})))
    assert "These rows cannot show" in only(section, Paragraph)[0].text


def test_without_a_baseline_that_is_said() -> None:
    section = headline(facts(measured("labels", baseline=False)))
    assert "There is no linear baseline, so" in only(section, Paragraph)[0].text


def test_confusions_are_counted() -> None:
    part = answered(["cat"] * 8 + ["dog"] * 2 + ["owl"] * 5, ["cat"] * 5 + ["dog"] * 3 + ["cat", "dog"] + ["owl"] * 5)
    section = confusion(part)
    (figure,) = only(section, Figure)
    assert figure.title == "Most often, “dog” is taken for “cat”: 50.0 % of its rows"
    assert figure.numbers.rows == [["cat", "5", "3", "0"], ["dog", "1", "1", "0"], ["owl", "0", "0", "5"]]
    assert figure.svg.count('class="cell"') == 9


def test_of_many_classes_the_rare_ones_stand_together() -> None:
    part = part_of("many classes", rows=2000)
    figure, table = confusion(part).blocks  # type: ignore[union-attr]
    assert len(figure.numbers.rows) == MOST
    assert figure.numbers.rows[-1][0] == OTHERS
    assert sum(int(cell.replace(",", "")) for row in figure.numbers.rows for cell in row[1:]) == 2000
    assert len(table.rows) == 15


def test_ordered_classes_show_how_far_off_answers_are() -> None:
    part = part_of("ordered")
    _, distances = only(confusion(part), Figure)
    steps = {row[0]: int(row[1]) for row in distances.numbers.rows}
    assert steps["right"] == int((part.answers.truth == part.answers.answer).sum())  # type: ignore[attr-defined]
    assert sum(steps.values()) == ROWS


@pytest.mark.parametrize("weights", [None, np.arange(ROWS, dtype=np.float64)])
def test_classes_have_their_scores(weights: Any) -> None:
    part = part_of("three classes", weights=weights)
    answers: Any = part.answers
    (table,) = only(classes(part), Table)
    expected = dict(zip(answers.classes, f1_scores(answers.truth, answers.answer, weights), strict=True))
    assert {row[0]: row[4] for row in table.rows} == {name: f"{value:.4f}" for name, value in expected.items()}
    rows = np.bincount(answers.truth)
    assert {row[0]: row[1] for row in table.rows} == dict(zip(answers.classes, map(str, rows), strict=True))


def test_weights_are_not_called_rows() -> None:
    weights = np.full(ROWS, 0.25)
    (table,) = only(labels(part_of("labels", weights=weights)), Table)
    assert {row[0]: row[1] for row in table.rows} == {
        row[0]: row[1] for row in only(labels(part_of("labels")), Table)[0].rows
    }
    groups_of_rows = only(calibration(part_of("two classes", weights=weights)), Figure)[0].numbers
    assert groups_of_rows.header[-1] == "weight of its rows"
    assert sum(float(row[-1]) for row in groups_of_rows.rows) == pytest.approx(ROWS / 4)


def test_a_class_of_which_there_is_no_row_has_no_scores() -> None:
    rows = measured("three classes")
    kept = [k for k, target in enumerate(rows.targets) if target != "trade"]
    some = replace(
        rows, targets=[rows.targets[k] for k in kept], scores={"network": np.array([[9.0, -9, 0]] * len(kept))}
    )
    (table,) = only(classes(replace(some, texts=[""] * len(kept)).parts()[0]), Table)
    assert ["trade", "0", "-", "-", "-"] in table.rows


def test_a_class_of_which_there_is_no_row_is_not_the_worst() -> None:
    part = answered(["cat"] * 4 + ["dog"] * 4, ["cat"] * 3 + ["owl"] + ["dog"] * 2 + ["owl"] * 2)
    section = classes(part)
    (figure,) = only(section, Figure)
    assert figure.title == "“cat” gets the best answers, “dog” the worst: F1 0.8571 and 0.6667"
    assert figure.svg.count("<circle") == 2
    assert ["owl", "0", "0.0000", "-", "0.0000"] in only(section, Table)[0].rows
    (alone,) = only(classes(answered(["cat"] * 4, ["cat", "cat", "cat", "dog"])), Figure)
    assert alone.title == "How good is each, by F1?"


def test_reliability_says_whether_it_is_too_sure() -> None:
    sure = only(calibration(answered(["a", "b"] * 50, ["a", "a"] * 50, sure=0.95)), Figure)[0]
    assert sure.title == "Its answers are right less often than stated: 95.0 % stated, 50.0 % true on average"
    assert sure.numbers.rows == [["0.9500", "0.5000", "100"]]
    fair = only(calibration(answered(["a", "b"] * 50, ["a", "a"] * 50, sure=0.51)), Figure)[0]
    assert "right about as often as stated" in fair.title


def test_probabilities_are_counted_by_the_truth() -> None:
    part = part_of("two classes")
    _, spread = only(calibration(part), Figure)
    assert spread.legend == ["truly blame", "truly praise"]
    totals = [sum(int(row[k].replace(",", "")) for row in spread.numbers.rows) for k in (1, 2)]
    assert totals == np.bincount(part.answers.truth).tolist()  # type: ignore[attr-defined]


def test_numbers_are_measured_by_their_size() -> None:
    part = part_of("numbers")
    answers: Any = part.answers
    against, errors, _ = only(numbers(part), Figure)
    assert errors.title.startswith(
        f"Half of the answers are within {np.median(np.abs(answers.errors)):.4g} of the truth"
    )
    assert "A point a row;" in against.caption
    (table,) = only(numbers(part), Table)
    assert [int(row[1]) for row in table.rows] == pytest.approx([24] * 5, abs=1)
    low, high = np.quantile(answers.truth, [0, 0.2], method="nearest")
    first = (answers.truth >= low) & (answers.truth < high)
    assert table.rows[0][2] == f"{np.abs(answers.errors[first]).mean():.4g}"


def numbered(truth: Sequence[float], answers: Sequence[float], **others: Any) -> Part:
    """Rows of numbers with these answers."""
    scores = {"network": np.array(answers, dtype=np.float64)[:, None]}
    rows = Measured(
        tasks={"network": Regression(0.0, 1.0)},
        targets=list(truth),
        scores=scores,
        texts=[""] * len(truth),
        place=str,
        name="price",
        **others,
    )
    return rows.parts()[0]


def test_errors_are_largest_where_there_are_rows() -> None:
    truth = [1.5, 2, 3]
    by_true = only(numbers(numbered(truth, [1.5, 3, 5])), Figure)[-1]
    assert by_true.title == "Errors are largest where the true price is 2 to 3: 1.5 on average"
    (table,) = only(numbers(numbered(truth, [1.5, 3, 5])), Table)
    assert [row[1] for row in table.rows] == ["1", "2"]
    equal = only(numbers(numbered(truth, [value + 1 for value in truth])), Figure)[-1]
    assert equal.title == "How large are errors, by the true price?"


@pytest.mark.parametrize(("scale", "shown"), [(1e-7, "e-07"), (1e5, "00,0"), (1e7, "00,000")])
def test_numbers_of_any_size_can_be_read(scale: float, shown: str) -> None:
    truth = scale * np.linspace(1, 2, 50)
    part = numbered(truth, truth + scale * np.linspace(-0.4, 0.5, 50))
    page = render(facts(part.rows))
    assert shown in page
    assert not re.findall(r"[^\w.]0\.0000[^\w]|e\+0", page)


def test_groups_are_measured_one_by_one() -> None:
    rows = measured("two classes", slices={"shop": ["north", "south", "south", "north"] * 30})
    part = rows.parts()[0]
    figure = only(groups(part), Figure)[1]
    north = np.array([name == "north" for name in rows.slices["shop"]])
    expected = rows.tasks["network"].metrics(
        [target for target, own in zip(rows.targets, north, strict=True) if own], rows.scores["network"][north]
    )
    shown = {row[0]: row for row in figure.numbers.rows}
    assert shown["north"][1] == "60"
    assert shown["north"][2].startswith(f"{expected['accuracy']:.4f} (")


def test_a_group_that_is_worse_is_named() -> None:
    slices = {"shop": ["old"] * 50 + ["new"] * 50 + [None, "x", "y"]}
    part = answered(["a", "b"] * 50 + ["a"] * 3, ["a", "b"] * 25 + ["b", "a"] * 25 + ["a"] * 3, slices=slices)
    titles = [figure.title for figure in only(groups(part), Figure)]
    assert "By shop: worst for “new”, accuracy 0.0000 against 1.0000" in titles
    assert any("no difference beyond chance" in title or "length" in title for title in titles)


def test_numbers_make_ranges_and_names_make_groups() -> None:
    size = by_size("price", [k / 2 for k in range(100)])
    assert np.bincount(size.of_row).tolist() == pytest.approx([20] * 5, abs=1)
    assert size.names[0] == "0 to 10"
    whole = by_size("letters", list(range(100)))
    assert whole.names[:2] == ["0 to 19", "20 to 39"]
    assert [name for name in by_size("x", [1.0, 2.0, float("nan")] * 9).names if name == "(missing)"] == ["(missing)"]
    assert by_size("x", [5.0] * 4).names == ["5"]
    assert by_name("stars", [10, 9, 1, 1] * 5).names == ["1", "9", "10"]
    named = by_name("town", [f"town {min(k, 20)}" for k in range(60)] * 6 + [None] * 9)
    assert named.names[0] == "town 20"
    assert "(missing)" in named.names
    assert named.names[-1] == "(all others)"
    assert len(named.names) == 12


def test_texts_are_grouped_by_the_script_of_most_letters() -> None:
    rows = measured("two classes")
    texts = ["очень хороший film", "فيلم جميل", "映画はとてもよかったです", "太好看了", "a film", "12 !"]
    rows = replace(rows, texts=[texts[k % 6] for k in range(ROWS)])
    by_script = only(groups(rows.parts()[0]), Figure)[1]
    assert by_script.title.startswith("By script")
    assert {row[0] for row in by_script.numbers.rows} == {"Cyrillic", "Arabic", "Kana", "Han", "Latin", "(no letters)"}


def test_groups_without_an_interval_are_not_told_apart() -> None:
    rows = measured("ordered", slices={"shop": ["old"] * (ROWS - 8) + ["new"] * 8})
    by_shop = only(groups(rows.parts()[0]), Figure)[-1]
    assert by_shop.title == "By shop: no difference that these rows show"
    assert [" to " in row[2] for row in by_shop.numbers.rows] == [True, False]


def test_a_column_that_was_asked_for_and_says_nothing_is_named() -> None:
    for values in (["same"] * ROWS, [f"name {k}" for k in range(ROWS)]):
        (words,) = only(groups(part_of("two classes", slices={"shop": values})), Paragraph)
        assert words.text == "By shop: no two groups of at least 5 rows."


@pytest.mark.parametrize(
    ("values", "first"), [([str(k) for k in range(40)] * 3, "0 to 7"), ([f"n{k}" for k in range(20)] * 6, "n0")]
)
def test_text_that_spells_numbers_is_grouped_by_size(values: list[str], first: str) -> None:
    figure = only(groups(part_of("two classes", slices={"age": values})), Figure)[1]
    assert figure.numbers.rows[0][0] == first


@pytest.mark.parametrize("hour", ["", " 08:30:00", "T08:30:00+02:00"])
def test_dates_make_ranges_of_days(hour: str) -> None:
    values = [f"2024-{month:02}-{day:02}{hour}" for month in (1, 2) for day in range(1, 26)]
    ranges = by_column("written", [*values, None])
    assert ranges.names[:2] == ["2024-01-01 to 2024-01-10", "2024-01-11 to 2024-01-20"]
    assert ranges.names[-1] == "(missing)"
    assert np.bincount(ranges.of_row).tolist() == pytest.approx([10] * 5 + [1], abs=1)
    few = by_column("written", ["2024-02-01"] * 9 + ["2023-12-24"] * 5)
    assert few.names == ["2023-12-24", "2024-02-01"]


def test_the_worst_mistakes_come_first_with_their_place_and_what_decided_them() -> None:
    def why(text: str, target: str, label: str | None) -> Explanation:
        assert label is None, "the answer that was given is explained"
        spans = (Span(text[:4], 2.0, 0, 4), Span(text[5:6], -1.0, 5, 6))
        return Explanation(
            text=text,
            method="deletion",
            account="What changes.",
            answer=target,
            unit="log odds",
            value=1.0,
            rest=None,
            spans=spans,
        )

    part = answered(["a", "b", "a"], ["a", "a", "b"], explain=why)
    part = replace(part, outcomes={"network": replace(part.answers, chance_of_truth=np.array([0.9, 0.01, 0.3]))})  # type: ignore[call-arg]
    words, account, found = mistakes(part).blocks  # type: ignore[union-attr]
    assert words.text.startswith("2 rows of 3 with a wrong answer")
    assert isinstance(found, Mistakes)
    assert [each.place for each in found.mistakes] == ["1", "2"]
    assert found.mistakes[0].truth == "b (given 1 %)"
    assert found.mistakes[0].pieces[0] == ("text", 3)
    assert found.mistakes[0].pieces[2] == ("1", -2)
    assert account.text.endswith("What changes.")


def test_of_several_labels_the_one_that_is_most_wrong_is_explained() -> None:
    def why(text: str, target: str, label: str | None) -> Explanation:
        return Explanation(
            text=text,
            method="m",
            account="What changes.",
            answer=str(label),
            unit="log odds",
            value=1.0,
            rest=None,
            spans=(Span(text[:4], 2.0, 0, 4),),
        )

    task = Multilabel(["joy", "fear", "anger"])
    truth: list[list[str]] = [["joy"], ["joy", "fear"], ["anger"]]
    chances = np.array([[0.2, 0.4, 0.3], [0.8, 0.4, 0.9], [0.1, 0.2, 0.9]])  # no label; fear missed, anger wrong; right
    scores = {"network": np.log(chances / (1 - chances))}
    part = Measured(
        tasks={"network": task},
        targets=truth,
        scores=scores,
        texts=["some text"] * 3,
        place=str,
        name="mood",
        explain=why,
    ).parts()[0]
    _, account, found = mistakes(part).blocks  # type: ignore[union-attr]
    assert [(each.answer, each.label) for each in found.mistakes] == [
        ("joy (80 %), anger (90 %)", "anger"), ("no label", "joy"),
    ]  # fmt: skip
    assert account.text.startswith("Blue marks what supports the label named beside the text")
    assert "<dt>marks for</dt><dd>anger</dd>" in render(facts(part.rows))


def test_of_an_endless_text_an_excerpt_is_shown() -> None:
    part = answered(["a", "b"], ["b", "b"])
    rows = replace(part.rows, texts=["long " * 9999, "x"])
    (found,) = only(mistakes(replace(part, rows=rows)), Mistakes)
    assert len("".join(piece.text for piece in found.mistakes[0].pieces)) == 501
    assert found.mistakes[0].cut == 5 * 9999 - 500


def test_the_curve_marks_the_step_that_was_kept() -> None:
    loss, accuracy = only(curves(facts(None)), Figure)
    assert accuracy.title == "Kept after step 30: accuracy 0.8500 on rows held out"
    assert accuracy.legend == ["network", "mark: linear baseline"]
    assert accuracy.numbers.rows[0] == ["10", "0.5", "1.0000", "0.7500"]
    assert "It ends at 0.3333." in loss.caption
    assert curves(facts(None, replace(MODEL, curve=()))) is None


def test_a_metric_that_was_not_defined_leaves_a_gap() -> None:
    records = [{**record, "accuracy": value} for record, value in zip(MODEL.curve, (None, 0.8, 0.9), strict=True)]
    _, accuracy = only(curves(facts(None, replace(MODEL, curve=records))), Figure)
    assert accuracy.svg.count("<circle") == 2


def test_findings_are_listed_and_left_out_where_there_are_none() -> None:
    assert findings(facts(None)) is None
    found = [Noticed("a text stands twice", 1200, ["x" * 500, "b"])]
    (remarks,) = only(findings(facts(None, findings=found)), Remarks)
    assert remarks.things == [("a text stands twice", "1,200 rows", [f"{'x' * 200}…", "b"])]


def test_what_was_trained_is_what_the_card_says() -> None:
    section = model(facts(None))
    assert [block.text for block in only(section, Paragraph)][:3] == [
        MODEL.network,
        "It distinguishes: blame, praise.",
        *MODEL.notes,
    ]
    assert next(table.rows for table in only(section, Table)) == [["rows trained on", "1,000"]]
    assert "reread train good.csv" in [block.text for block in making(facts(None)).blocks if hasattr(block, "summary")]


def test_weights_count(monkeypatch: pytest.MonkeyPatch) -> None:
    truth, answers = ["a", "b", "a", "b"] * 9, ["a", "b", "b", "b"] * 9
    weights = np.array([1.0, 1, 0, 1] * 9)
    outcomes: Outcomes = answered(truth, answers, weights=weights).answers
    assert outcomes.interval().value == 1.0


def made_curve(**others: Any) -> LearningCurve:
    points = [
        Point(rows=75 * k, figure=0.6 + 0.05 * k, low=0.55 + 0.05 * k, high=0.65 + 0.05 * k) for k in (1, 2, 3, 4)
    ]
    known: dict[str, Any] = {
        "target": "",
        "metric": "accuracy",
        "higher_is_better": True,
        "rows": 300,
        "level": 0.8,
        "measured": [(75.0, 0.66), (150.0, 0.69), (225.0, 0.76), (270.0, 0.78)],
        "points": points,
        "gain": Gain(labels=100, value=0.012, low=0.003, high=0.02),
    }
    return LearningCurve(**{**known, **others})


def test_a_learning_curve_has_its_sentence_its_picture_and_its_numbers() -> None:
    curve = made_curve()
    section = learning_curve(facts(None, replace(MODEL, learning_curves=[curve])))
    first, scope = only(section, Paragraph)
    assert first.text == "100 more labels would bring about +1.2 points of accuracy (0.3 to 2.0)."
    assert "alone, without the network" in scope.text, "MODEL answers with its network"
    (figure,) = only(section, Figure)
    assert figure.svg.count("<circle") == len(curve.measured)
    assert figure.svg.count('class="line series-1"') == 1
    assert figure.svg.count('class="line mark"') == 2
    assert figure.numbers.rows[-1] == ["300", "0.8000", "0.7500 to 0.8500"]


def test_each_target_of_a_joint_model_has_a_learning_curve() -> None:
    both = [made_curve(target="mood"), made_curve(target="stars", metric="rmse", higher_is_better=False)]
    section = learning_curve(facts(None, replace(MODEL, learning_curves=both)))
    assert [figure.title for figure in only(section, Figure)] == [
        "Mood: accuracy by the number of labels",
        "Stars: rmse by the number of labels",
    ]


def test_without_a_learning_curve_there_is_no_section() -> None:
    assert learning_curve(facts(None)) is None
