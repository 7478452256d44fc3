from __future__ import annotations

from fractions import Fraction
from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread import segments
from reread.segments import BINS, SEGMENTS

TOKENS = st.one_of(st.integers(1, 400), st.integers(1, 1 << 40))


@given(tokens=TOKENS)
def test_bins_are_as_narrow_as_their_number_allows(tokens: int) -> None:
    (width,), (used,) = segments.widths(np.array([tokens])), segments.used(np.array([tokens]))
    assert width.bit_count() == 1
    assert width == 1 or BINS * width // 2 < tokens
    assert (used - 1) * width < tokens <= used * width <= BINS * width


@given(tokens=TOKENS)
def test_segments_cover_a_text_in_order_and_differ_by_one_bin(tokens: int) -> None:
    (used,), (bins,) = segments.used(np.array([tokens])), segments.bins_of(np.array([tokens]))
    assert bins.shape == (SEGMENTS, segments.PER_SEGMENT)
    own = [sorted(set(each.tolist())) for each in bins]
    assert all(each == list(range(each[0], each[-1] + 1)) for each in own)
    if used >= SEGMENTS:
        assert [*chain(*own)] == list(range(used))
        assert {len(each) for each in own} <= {used // SEGMENTS, used // SEGMENTS + 1}
    else:
        assert [len(each) for each in own] == [1] * SEGMENTS
        assert sorted({each[0] for each in own}) == list(range(used))


def test_a_segment_of_a_long_text_is_a_tenth_of_it_but_for_a_fortieth() -> None:
    for tokens in (*range(BINS, 2000), 100_000):
        (width,), (bins,) = segments.widths(np.array([tokens])), segments.bins_of(np.array([tokens]))
        for own in bins:
            share = Fraction(int(min((own[-1] + 1) * width, tokens) - own[0] * width), tokens)
            assert abs(share - Fraction(1, SEGMENTS)) <= Fraction(1, 40)


@given(before=st.integers(0, 5000), more=st.integers(1, 5000))
def test_every_position_is_in_one_bin(before: int, more: int) -> None:
    first, after = np.array([before]), np.array([before + more])
    (width,) = segments.widths(after)
    (counts,) = segments.sizes(first, after, segments.widths(after))
    assert np.array_equal(counts, np.bincount(np.arange(before, before + more) // width, minlength=BINS))


@given(before=st.integers(1, 5000), more=st.integers(1, 50_000))
def test_bins_are_merged_into_those_that_hold_the_same_positions(before: int, more: int) -> None:
    first, after = np.array([before]), np.array([before + more])
    (counts,), (narrow,), (wide,) = (
        segments.merged_sizes(first, after), segments.widths(first), segments.widths(after),
    )  # fmt: skip
    (used,) = segments.used(first)
    assert np.array_equal(counts, np.bincount(np.arange(used) * narrow // wide, minlength=BINS))


def test_nothing_was_read_before_the_first_window() -> None:
    nothing, some = np.array([0, 0]), np.array([3, 100])
    assert not segments.merged_sizes(nothing, some).any()


@pytest.mark.parametrize(("tokens", "firsts"), [(1, [0] * 10), (3, [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]), (10, range(10))])
def test_fewer_tokens_than_segments_stand_in_several(tokens: int, firsts: list[int]) -> None:
    assert segments.bins_of(np.array([tokens]))[0, :, 0].tolist() == list(firsts)
