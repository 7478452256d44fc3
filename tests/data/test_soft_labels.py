"""Probabilities of the classes, read as a target."""

from __future__ import annotations

from typing import Any

import pytest

from reread.data.examples import ColumnRequest, Examples, TargetRequest, read_examples
from reread.data.lists import examples_from_lists
from reread.data.soft_labels import SoftTargets, as_matrix
from reread.errors import DataError

SOFT = ColumnRequest(soft=SoftTargets.CLASSES)
FILE = "text,probability:neg,probability:pos\na,0.2,0.8\nb,,\nc,0.5,0.5\n"


def read(make: Any, content: str, request: ColumnRequest = SOFT) -> Examples:
    return read_examples(make("soft.csv", content), request)


def test_a_column_for_each_class_is_a_target(make: Any) -> None:
    examples = read(make, FILE)
    assert (list(examples.texts), examples.targets) == (["a", "c"], {"label": ["pos", "neg"]})
    assert examples.shares == [{"neg": 0.2, "pos": 0.8}, {"neg": 0.5, "pos": 0.5}]
    assert examples.target_columns == {"label": "probability"}
    report = examples.report
    assert (report.read, report.kept, report.undecided, list(examples.lines)) == (3, 2, 1, [2, 4])


def test_another_name_for_them(make: Any) -> None:
    request = ColumnRequest(targets=(TargetRequest("label", "label", "votes"),), soft=SoftTargets.CLASSES)
    assert read(make, "text,votes:a,votes:b,label\nx,1,0,z\n", request).targets == {"label": ["a"]}


def test_a_column_of_labels_is_read_before_them(make: Any) -> None:
    examples = read(make, "text,label,probability:a,probability:b\nx,a,0.1,0.9\n")
    assert (examples.targets, examples.shares) == ({"label": ["a"]}, None)


def test_commands_that_do_not_learn_do_not_read_them(make: Any) -> None:
    with pytest.raises(DataError, match="label: no column has a usual name"):
        read(make, FILE, ColumnRequest())


def test_sums_are_made_1_where_they_were_rounded(make: Any) -> None:
    examples = read(make, "text,probability:a,probability:b,probability:c\nx,0.333,0.333,0.333\n")
    assert examples.shares == [{"a": pytest.approx(1 / 3), "b": pytest.approx(1 / 3), "c": pytest.approx(1 / 3)}]


def test_probabilities_of_separate_labels(make: Any) -> None:
    examples = read(
        make, "text,probability:a,probability:b\nx,0.9,0.8\ny,0.1,0.2\n", ColumnRequest(soft=SoftTargets.LABELS)
    )
    assert examples.targets == {"label": [["a", "b"], []]}
    assert examples.shares == [{"a": 0.9, "b": 0.8}, {"a": 0.1, "b": 0.2}]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            "0.9,0.8",
            "has probabilities that sum to 1.7, not to 1; those of separate labels are read with task multilabel",
        ),
        ("-0.5,1.5", "gives a a probability of -0.5; it must be from 0 to 1"),
        ("0.5,", "is missing"),
        ("0.5,half", "is not a number"),
    ],
)
def test_what_is_no_probability_is_told_with_its_line(make: Any, row: str, problem: str) -> None:
    with pytest.raises(DataError, match=rf'line 3: the label in column "probability:…" {problem}'):
        read(make, f"text,probability:a,probability:b\nx,1,0\ny,{row}\n")


def test_later_files_need_the_same_classes(make: Any) -> None:
    names = [make("a.csv", FILE), make("b.csv", "text,probability:neg\nd,1\n")]
    with pytest.raises(DataError, match=r'b\.csv: label: there is no column "probability:pos"'):
        read_examples(names, SOFT)


def test_a_joint_model_has_no_soft_target(make: Any) -> None:
    request = ColumnRequest(
        targets=(TargetRequest("probability", "label", "probability"), TargetRequest("stars", "number", "stars")),
        soft=SoftTargets.CLASSES,
    )
    with pytest.raises(DataError, match="soft labels, which a joint model cannot learn; name one target"):
        read(make, "text,stars,probability:a,probability:b\nx,3,1,0\n", request)


def test_no_row_with_a_probability(make: Any) -> None:
    with pytest.raises(DataError, match="no row has a probability of a class"):
        read(make, "text,probability:a,probability:b\nx,,\n")


def test_mappings_in_memory() -> None:
    examples = examples_from_lists(["x", "y"], {"label": [{"a": 0.25, "b": 0.75}, {"b": 1}]})
    assert examples.targets == {"label": ["b", "b"]}
    assert examples.shares is not None
    assert as_matrix(examples.shares, ("a", "b")).tolist() == [[0.25, 0.75], [0.0, 1.0]]
    with pytest.raises(DataError, match=r"target 1 is 'b', others are probabilities by class"):
        examples_from_lists(["x", "y"], {"label": [{"a": 1}, "b"]})
    with pytest.raises(DataError, match=r"target 0 has probabilities that sum to 0\.5, not to 1"):
        examples_from_lists(["x", "y"], {"label": [{"a": 0.5}, {"a": 1}]})
