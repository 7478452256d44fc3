"""What `reread train` says of classes before it learns them."""

from __future__ import annotations

import pytest

from reread.apps.cli.label_notes import label_notes, number_notes

PLENTY = ["ham"] * 86 + ["spam"] * 14


def notes(values: list[object]) -> list[str]:
    """All but the line of the largest class."""
    return list(label_notes("label", values))[1:]


def test_the_share_of_the_largest_class_comes_first() -> None:
    assert list(label_notes("label", PLENTY)) == ["label: 2 classes; largest class: ham, 86.0 % of rows"]
    several = [["joy", "fear"], ["joy"], [], ["anger", "anger2"] * 3]
    assert next(label_notes("mood", several)).startswith("mood: 4 labels; most frequent label: ")


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        ([" ham"] * 9, '"ham" and " ham" differ in case or spaces only'),
        (["SPAM"] * 9, '"spam" and "SPAM" differ in case or spaces only'),
        (["other"], '1 class has only one or two rows, too few to learn from ("other")'),
        (["a", "b", "b", "c", "d"], '4 classes have only one or two rows, too few to learn from ("a", "b", "c" and 1 more)'),
        (["ham;spam"] * 3, '1 class holds ";", such as "ham;spam"; if these are several labels of a text, pass --label-separator \';\''),
        (["nan"] * 9, '9 rows have "nan", learned as a class like any other; if the label is missing there, leave these rows out'),
        (["None"] * 3 + ["null"] * 5, '8 rows have "None" and "null", learned as a class like any other'),
        (["x | y"] * 3 + ["x | z"] * 3, '2 classes hold "|", such as "x | y"'),
    ],
)  # fmt: skip
def test_what_is_odd_is_said_in_one_line(odd: list[object], said: str) -> None:
    (note,) = notes([*PLENTY, *odd])
    assert note.startswith(f"label: {said}")


def test_rare_classes_are_merged_or_removed_where_others_remain_and_else_get_more_rows() -> None:
    assert notes(["ham"] * 9 + ["spam"])[0].endswith('too few to learn from ("spam"); add rows of them')
    assert notes([*PLENTY, "other"])[0].endswith("merge them with other classes in the file, or remove them")
    labels = [[name] for name in [*PLENTY, "other"]]
    assert notes(labels)[0].endswith('("other"); merge them with other labels in the file, or remove them')


def test_numbers_that_are_many_are_probably_no_classes() -> None:
    for values in ([k / 10 for k in range(300)] * 3, [str(k) for k in range(300)]):
        (note,) = notes(list(values))
        assert note.startswith("label: 300 different numbers are learned as unrelated classes")
        assert "--target label learns them as numbers" in note
    assert not any("as numbers" in said for said in label_notes("label", list(range(30)) * 5, ordered=True))


@pytest.mark.parametrize(
    "usual",
    [["Paris, France", "Rome, Italy"] * 5, ["none", "some"] * 5, [1, 2, 3, 4, 5] * 9, [True, False] * 5, ["a/c"] * 9],
)
def test_what_is_usual_is_not_remarked(usual: list[object]) -> None:
    assert notes([*usual] * 2) == []


def test_lists_of_labels_are_not_taken_for_numbers_or_compounds() -> None:
    assert notes([["a;b"], ["a"]] * 9) == []
    assert notes([["a", " A"]] * 9) == [
        'label: "a" and " A" differ in case or spaces only, and count as different; write them alike in the file'
    ]


def test_numbers_that_are_nearly_all_equal_are_remarked() -> None:
    assert list(number_notes("price", [3.0] * 19 + [3.5])) == [
        "price: 95.0 % of rows have 3; there is little else to learn from"
    ]
    assert list(number_notes("price", [1.0, 2.0] * 10)) == []
