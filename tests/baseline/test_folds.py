from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reread.baseline.folds import FOLDS, LEAST_TEXTS, folds_of
from reread.data.split import text_keys


@given(st.lists(st.integers(0, 30), max_size=60), st.booleans(), st.integers(0, 3))
def test_equal_texts_and_groups_share_a_fold(numbers: list[int], grouped: bool, seed: int) -> None:  # noqa: FBT001
    texts = [("Text {}", "text  {}")[k % 2].format(number) for k, number in enumerate(numbers)]
    groups = [number // 2 for number in numbers] if grouped else None
    blocks = numbers if groups is None else groups
    fold = folds_of(text_keys(texts), [number % 2 for number in numbers], groups, seed=seed)
    if len(set(blocks)) < LEAST_TEXTS:
        assert fold is None
        return
    assert fold is not None
    assert set(fold.tolist()) == set(range(FOLDS))
    assert len({(block, each) for block, each in zip(blocks, fold.tolist(), strict=True)}) == len(set(blocks))


def test_shares_of_labels_are_the_same_in_every_fold() -> None:
    labels = ["rare" if k % 10 == 0 else "usual" for k in range(200)]
    fold = folds_of(text_keys([f"text {k}" for k in range(200)]), labels)
    assert fold is not None
    rare = np.bincount(fold, [label == "rare" for label in labels])
    assert rare.tolist() == [4] * FOLDS
