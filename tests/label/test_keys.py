"""Which keys choose which class."""

from __future__ import annotations

import pytest

from reread.errors import ConfigError
from reread.label.keys import MOST, keys_of


def test_up_to_nine_classes_have_a_digit_each() -> None:
    assert keys_of(["ham", "spam"]) == ["1", "2"]
    assert keys_of([f"class {k}" for k in range(9)]) == list("123456789")


def test_more_have_two_letters_of_their_names_where_these_are_free() -> None:
    names = ["card arrival", "card", "cards", "top_up_failed", "体育", "财经", "C", "3 stars", "Über", "card arrival?"]
    assert keys_of(names) == ["ca", "cr", "cd", "tu", "aa", "ab", "cb", "st", "be", "ci"]


@pytest.mark.parametrize("names", [[f"card arrival {k}" for k in range(MOST)], [chr(0x4E00 + k) for k in range(300)]])
def test_each_class_has_keys_of_its_own(names: list[str]) -> None:
    keys = keys_of(names)
    assert len(set(keys)) == len(keys) == len(names)
    assert {len(key) for key in keys} == {2}
    assert all(key.isascii() and key.islower() for key in keys)


def test_more_classes_than_pairs_of_letters_are_refused() -> None:
    with pytest.raises(ConfigError, match="677 classes; two letters tell at most 676 apart"):
        keys_of([str(k) for k in range(MOST + 1)])
