from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reread.data.blocks import join_blocks
from reread.data.split import normal_form, split_rows, text_keys
from reread.errors import ConfigError, DataError

ROWS = st.lists(
    st.tuples(st.sampled_from("abcdefghijklmnop"), st.sampled_from("xyz"), st.integers(0, 9)), min_size=2, max_size=80
)


def test_normal_form() -> None:
    assert normal_form("  A  Long\n\tFILM\u3000") == "a long film"
    keys = text_keys(["A b", "a  B ", "ab", "\ud83d"])
    assert keys.dtype == np.uint64
    assert keys[0] == keys[1]
    assert len(set(keys.tolist())) == 3
    assert text_keys([]).shape == (0,)


@given(ROWS, st.floats(0.01, 0.99), st.integers(0, 5), st.sets(st.sampled_from(["strata", "groups", "times"])))
@settings(deadline=None, max_examples=300)
def test_what_belongs_together_stays_together(
    rows: list[tuple[str, str, int]], fraction: float, seed: int, given_: set[str]
) -> None:
    texts, labels, groups = (list(column) for column in zip(*rows, strict=True))
    keys = text_keys(text.upper() if i % 2 else text for i, text in enumerate(texts))
    columns = {"strata": labels, "groups": groups, "times": groups}
    options: dict[str, Any] = {name: values if name in given_ else None for name, values in columns.items()}
    options |= {"fraction": fraction, "seed": seed}
    if join_blocks(keys, options["groups"]).max() == 0:
        with pytest.raises(DataError, match="cannot hold rows out"):
            split_rows(keys, **options)
        return
    held = split_rows(keys, **options)
    assert held.shape == (len(rows),)
    assert 0 < held.sum() < len(rows)
    assert not {text for text, out in zip(texts, held, strict=True) if out} & {
        text for text, out in zip(texts, held, strict=True) if not out
    }
    if "groups" in given_:
        assert not {g for g, out in zip(groups, held, strict=True) if out} & {
            g for g, out in zip(groups, held, strict=True) if not out
        }
    assert np.array_equal(held, split_rows(keys, **options))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1))
def test_blocks_are_connected_components(pairs: list[tuple[int, int]]) -> None:
    keys = np.array([key for key, _ in pairs], dtype=np.uint64)
    block = join_blocks(keys, [group for _, group in pairs])
    component: dict[tuple[str, int], set[tuple[str, int]]] = {}
    for key, group in pairs:
        joined = component.get(("k", key), {("k", key)}) | component.get(("g", group), {("g", group)})
        component.update(dict.fromkeys(joined, joined))
    expected = [frozenset(component["k", key]) for key, _ in pairs]
    assert len(set(zip(block.tolist(), expected, strict=True))) == len(set(expected)) == block.max() + 1


@pytest.mark.parametrize("fraction", [0.05, 0.1, 0.5])
def test_strata_keep_their_shares(fraction: float) -> None:
    random = np.random.default_rng(0)
    labels = random.choice(["a", "b", "c"], 5000, p=[0.8, 0.18, 0.02]).tolist()
    held = split_rows(np.arange(5000, dtype=np.uint64), fraction=fraction, strata=labels)
    assert held.sum() == round(5000 * fraction)
    for label, count in Counter(labels).items():
        assert abs(sum(held[i] for i in range(5000) if labels[i] == label) - fraction * count) <= 1


def test_strata_keep_their_shares_as_far_as_groups_allow() -> None:
    random = np.random.default_rng(0)
    labels = random.choice(["a", "b"], 20_000, p=[0.9, 0.1]).tolist()
    groups = random.integers(0, 500, 20_000).tolist()
    held = split_rows(np.arange(20_000, dtype=np.uint64), strata=labels, groups=groups)
    for label in "ab":
        share = held[np.array(labels) == label].mean()
        assert 0.085 < share < 0.115


def test_no_class_leaves_training() -> None:
    labels = ["rare"] + ["few"] * 2 + ["many"] * 97
    for seed in range(50):
        held = split_rows(np.arange(100, dtype=np.uint64), fraction=0.5, seed=seed, strata=labels)
        assert set(np.array(labels)[~held]) == {"rare", "few", "many"}
        assert 45 <= held.sum() <= 52


def test_strata_of_one_row_each_are_given_up_aloud(caplog: pytest.LogCaptureFixture) -> None:
    held = split_rows(np.arange(10, dtype=np.uint64), strata=[f"{i}" for i in range(10)])
    assert held.sum() == 1
    assert "not stratified" in caplog.text


def test_lists_of_labels_are_strata() -> None:
    labels = [["a", "b"], ["b", "a"], []] * 20
    held = split_rows(np.arange(60, dtype=np.uint64), strata=labels)
    assert [held[i::3].sum() for i in range(3)][2] == 2


def test_the_latest_are_held_out() -> None:
    times = np.random.default_rng(0).permutation(100)
    held = split_rows(np.arange(100, dtype=np.uint64), fraction=0.2, times=times.tolist())
    assert set(times[held]) == set(range(80, 100))
    keys = np.arange(100, dtype=np.uint64)
    keys[np.argmax(times)] = keys[np.argmin(times)]
    held = split_rows(keys, fraction=0.2, times=times.tolist())
    assert held[np.argmin(times)]
    assert times[~held].max() < 82


def test_the_seed_changes_the_choice() -> None:
    keys = np.arange(1000, dtype=np.uint64)
    assert not np.array_equal(split_rows(keys, seed=0), split_rows(keys, seed=1))


@pytest.mark.parametrize(
    ("keys", "groups", "message"),
    [
        ([1], None, "there is 1 row"),
        ([], None, "there is 0 row"),
        ([1, 1, 1], None, "all 3 rows have the same text"),
        ([1, 2, 3], ["a", "a", "a"], "all 3 rows share a group"),
        ([1, 2, 2, 3], ["a", "a", "b", "b"], "link their groups"),
    ],
)
def test_what_cannot_be_parted(keys: list[int], groups: list[str] | None, message: str) -> None:
    with pytest.raises(DataError, match=message):
        split_rows(np.array(keys, dtype=np.uint64), groups=groups)


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 2, float("nan")])
def test_the_fraction_is_checked(fraction: float) -> None:
    with pytest.raises(ConfigError, match="held-out fraction"):
        split_rows(np.arange(9, dtype=np.uint64), fraction=fraction)
