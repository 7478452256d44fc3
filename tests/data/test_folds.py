from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reread.data.blocks import join_blocks
from reread.data.folds import fold_rows
from reread.data.split import text_keys
from reread.errors import ConfigError, DataError

ROWS = st.lists(st.tuples(st.sampled_from("abcdefghijklmnop"), st.sampled_from("uvwxyz")), min_size=12, max_size=80)


@given(ROWS, st.integers(2, 4), st.integers(0, 3), st.sampled_from(["", "grouped"]))
@settings(deadline=None)
def test_what_belongs_together_shares_a_fold(rows: list[tuple[str, str]], folds: int, seed: int, grouped: str) -> None:
    keys, groups = text_keys(text for text, _ in rows), [group for _, group in rows] if grouped else None
    blocks = join_blocks(keys, groups)
    if blocks.max() + 1 < folds:
        with pytest.raises(DataError, match="cannot hold rows out"):
            fold_rows(keys, folds=folds, seed=seed, groups=groups)
        return
    fold = fold_rows(keys, folds=folds, seed=seed, groups=groups)
    assert set(fold.tolist()) == set(range(folds))
    assert all(len(set(fold[blocks == block].tolist())) == 1 for block in range(blocks.max() + 1))
    assert np.array_equal(fold, fold_rows(keys, folds=folds, seed=seed, groups=groups))


def test_folds_are_of_one_size_and_have_the_same_shares_of_labels() -> None:
    keys = text_keys(f"text {k}" for k in range(1000))
    labels = ["rare" if k % 10 == 0 else "common" for k in range(1000)]
    fold = fold_rows(keys, folds=5, strata=labels)
    assert np.bincount(fold).tolist() == [200] * 5
    assert [int(np.sum(np.array(labels)[fold == number] == "rare")) for number in range(5)] == [20] * 5
    assert not np.array_equal(fold, fold_rows(keys, folds=5, strata=labels, seed=1))


def test_folds_that_cannot_have_the_same_shares_are_made_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    fold = fold_rows(text_keys("abcdefghij"), folds=5, strata=range(10))
    assert np.bincount(fold).tolist() == [2] * 5
    assert not caplog.messages


def test_one_fold_is_none() -> None:
    with pytest.raises(ConfigError, match="folds = 1; at least 2"):
        fold_rows(text_keys("ab"), folds=1)
