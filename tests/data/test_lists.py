from __future__ import annotations

from typing import Any

import pytest

from reread.data.lists import examples_from_lists
from reread.errors import DataError


def test_every_column_keeps_its_rows() -> None:
    examples = examples_from_lists(["a", "b"], {"label": [1, 2]}, groups=["g", "h"], weights=[1.0, 2.0])
    assert list(examples.texts) == ["a", "b"]
    assert examples.targets == {"label": [1, 2]}
    assert (examples.groups, examples.weights, list(examples.lines)) == (["g", "h"], [1.0, 2.0], [1, 2])
    assert examples.fingerprint.rows == 2


def test_a_row_of_weight_0_is_as_if_it_were_not_there() -> None:
    with_it = examples_from_lists(["a", "b", "c"], {"label": [1, 2, 3]}, groups=[5, 6, 7], weights=[1.0, 0.0, 2.0])
    without = examples_from_lists(["a", "c"], {"label": [1, 3]}, groups=[5, 7], weights=[1.0, 2.0])
    assert (with_it.texts, with_it.targets, with_it.groups, with_it.weights) == (
        without.texts,
        without.targets,
        without.groups,
        without.weights,
    )
    assert with_it.fingerprint == without.fingerprint
    assert with_it.lines == [1, 3]
    assert (with_it.report.read, with_it.report.kept, with_it.report.filtered) == (3, 2, 1)


def test_a_target_may_be_called_like_a_column_of_ours() -> None:
    examples = examples_from_lists(["a", "b"], {"text": [1, 2], "group": [3, 4]}, groups=[5, 6])
    assert examples.targets == {"text": [1, 2], "group": [3, 4]}
    assert examples.groups == [5, 6]


@pytest.mark.parametrize(
    ("texts", "options", "message"),
    [
        (["a", "b"], {"targets": {"label": [1]}}, "2 texts and 1 values of label"),
        (["a", "b"], {"groups": []}, "2 texts and 0 values of groups"),
        (["a", "b"], {"weights": [1.0] * 3}, "2 texts and 3 values of sample_weight"),
        (["a", " \n"], {}, "text 1 is empty or only white space"),
        (["", "b"], {}, "text 0 is empty"),
        (["a"], {"targets": {"label": [1]}}, r"1 sample \(n_samples = 1\)"),
        ([], {"targets": {"label": []}}, r"0 samples"),
        (["a", "b"], {"weights": [1.0, 0.0]}, r"1 sample"),
    ],
)
def test_rows_that_cannot_be_learned_from(texts: list[str], options: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        examples_from_lists(texts, **{"targets": {"label": [1, 2]}, **options})
