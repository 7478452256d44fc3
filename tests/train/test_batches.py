"""Length-sorted batches."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reread.train.batches import EndlessBatches, epoch_batches

lengths_of = st.lists(st.integers(1, 300), min_size=1, max_size=400).map(
    lambda values: np.array(values, dtype=np.int64)
)


def reviews(rows: int = 5000) -> np.ndarray:
    return np.random.default_rng(0).lognormal(5.3, 0.6, rows).astype(np.int64) + 1


@given(lengths=lengths_of, batch_size=st.integers(1, 40), seed=st.integers(0, 9), epoch=st.integers(0, 9))
def test_each_row_is_read_once_an_epoch(lengths: np.ndarray, batch_size: int, seed: int, epoch: int) -> None:
    batches = epoch_batches(lengths, batch_size, seed=seed, epoch=epoch)
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    assert len(batches) == -(-len(lengths) // batch_size)
    assert max(map(len, batches)) <= batch_size


@given(lengths=lengths_of, seed=st.integers(0, 9), epoch=st.integers(0, 9))
def test_the_same_seed_and_epoch_give_the_same_batches(lengths: np.ndarray, seed: int, epoch: int) -> None:
    np.random.seed(seed + epoch)  # noqa: NPY002  # the global state must not matter
    first, second = (epoch_batches(lengths, 8, seed=seed, epoch=epoch) for _ in range(2))
    assert [batch.tolist() for batch in first] == [batch.tolist() for batch in second]


def test_epochs_and_seeds_differ() -> None:
    lengths = reviews(300)
    orders = {
        tuple(np.concatenate(epoch_batches(lengths, 16, seed=seed, epoch=epoch)))
        for seed in range(4)
        for epoch in range(4)
    }
    assert len(orders) == 16


def test_little_padding_and_no_order_by_length() -> None:
    lengths = reviews()
    batches = epoch_batches(lengths, 64, seed=0, epoch=0)
    columns = sum(len(batch) * int(lengths[batch].max()) for batch in batches)
    shuffled = np.random.default_rng(0).permutation(len(lengths))
    at_random = sum(len(batch) * int(lengths[batch].max()) for batch in np.array_split(shuffled, len(batches)))
    assert lengths.sum() / columns > 0.9
    assert lengths.sum() / at_random < 0.45
    means = np.array([lengths[batch].mean() for batch in batches])
    assert abs(np.corrcoef(means, np.arange(len(means)))[0, 1]) < 0.3


@given(lengths=lengths_of, batch_size=st.integers(1, 40), seed=st.integers(0, 9))
def test_endless_batches_go_through_all_texts_again_and_again(lengths: np.ndarray, batch_size: int, seed: int) -> None:
    batches, count = EndlessBatches(lengths, batch_size, seed), -(-len(lengths) // batch_size)
    for epoch in (1, 0):  # in any order
        read = [batches.at(epoch * count + place) for place in range(count)]
        assert sorted(np.concatenate(read).tolist()) == list(range(len(lengths)))
    assert batches.at(3).tolist() == EndlessBatches(lengths, batch_size, seed).at(3).tolist()
