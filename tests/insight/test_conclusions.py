from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.insight.conclusions import Compared, conclude_examples, conclude_seeds, correct, p_text
from reread.statistics.significance import PairedTest, smallest_p


def seeds(n: int, difference: float, p_value: float) -> PairedTest:
    return PairedTest(n, difference, p_value, smallest_p(n), "exact sign-flip")


def named(*tests: PairedTest) -> list[Compared]:
    """Tests between a and b, c and d, …"""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return [Compared(letters[2 * k], letters[2 * k + 1], tested) for k, tested in enumerate(correct(tests))]


def test_three_seeds_can_never_decide() -> None:
    assert conclude_seeds([Compared("bilstm_max", "lstm", correct([seeds(3, 0.02, 0.25)])[0])]) == (
        "Would networks trained anew differ on this test set? Tested over 3 seeds. Nothing can be concluded about bilstm_max and lstm, "
        "whatever the figures: 3 seeds can give no p below 0.25; 6 are needed."
    )


def test_correction_asks_for_more_seeds() -> None:
    said = conclude_seeds(named(*[seeds(6, 0.01, 2 / 64)] * 13))
    assert "Nothing can be concluded about any two" in said
    assert "6 seeds can give no p below 0.0312 (0.406 corrected for 13 comparisons); 10 are needed." in said
    assert "It can be concluded at 5 % that a beats b" in conclude_seeds(named(seeds(6, 0.01, 2 / 64)))


def test_each_number_of_seeds_has_its_reason() -> None:
    said = conclude_seeds(named(seeds(1, 0.1, 1), seeds(12, 0.1, 2 / 4096), seeds(3, 0.1, 0.25), seeds(3, 0.1, 0.5)))
    assert "Tested over 1 to 12 seeds. It can be concluded at 5 % that c beats d" in said
    assert "about a and b, whatever the figures: 1 seed can give no p below 1 " in said
    assert "about e and f, g and h, whatever the figures: 3 seeds can give no p below 0.25 " in said


def test_a_test_that_others_leave_room_for_is_not_called_hopeless() -> None:
    pairs = named(seeds(6, 0.01, 2 / 64), seeds(12, 0.01, 2 / 4096))
    assert pairs[0].tested.smallest == pytest.approx(2 / 64)
    assert "a beats b (1.00 points, p = 0.0312), c beats d" in conclude_seeds(pairs)


def test_the_better_one_is_named_first() -> None:
    assert "It can be concluded at 5 % that b beats a (1.30 points, p = 0.00195)." in conclude_seeds(
        named(seeds(10, -0.013, 0.00195))
    )


def test_no_difference_found_is_not_called_equality() -> None:
    said = conclude_seeds(named(seeds(10, 0.001, 0.4)))
    assert said.endswith("It cannot be concluded which is better, nor that they are equal: a or b (0.10 points, p = 0.4).")  # fmt: skip


def test_examples_speak_of_the_trained_networks_only() -> None:
    found = PairedTest(25_000, 0.01, 0.00005, 0.00005, "sampled sign-flip")
    few = PairedTest(25_000, 0.0001, 0.25, 0.25, "exact McNemar")
    unsure = PairedTest(25_000, 0.001, 0.3, 0.00005, "exact McNemar")
    said = conclude_examples(named(found, few, unsure))
    assert said.startswith("Would these very models differ on other examples of the kind? Tested over 25,000 test examples. It can be concluded at 5 % that a beats b (1.00 points, p < 0.001).")  # fmt: skip
    assert "nor that they are equal: e or f (0.10 points, p = 0.5)." in said
    assert said.endswith("Nothing can be concluded about c and d: they differ on too few examples for any p below 5 %.")


@given(st.lists(st.tuples(st.integers(1, 14), st.floats(0, 1), st.booleans()), min_size=1, max_size=8))
def test_every_pair_is_spoken_of_once(given_: list[tuple[int, float, bool]]) -> None:
    tests = [seeds(n, 0.01 if up else -0.01, max(p_value, smallest_p(n))) for n, p_value, up in given_]
    pairs = named(*tests)
    said = conclude_seeds(pairs)
    for first, second, tested in pairs:
        assert tested.p_value >= tested.smallest - 1e-12
        found = f"{first} beats {second}" in said or f"{second} beats {first}" in said
        hopeless = f"{first} and {second}" in said or "about any two" in said
        assert (found, f"{first} or {second}" in said, hopeless) == (
            tested.p_value <= 0.05,
            tested.p_value > 0.05 and tested.smallest <= 0.05,
            tested.smallest > 0.05,
        )


def test_p_values_are_printed_short() -> None:
    assert [p_text(p) for p in (1.0, 0.25, 0.0502, 0.00195, 0.0009)] == ["1", "0.25", "0.0502", "0.00195", "< 0.001"]
