"""Which text is next."""

from __future__ import annotations

import numpy as np

from reread.label.choosing import BACK_AFTER, Choice, Chooser, How


def all_of(chooser: Chooser, done: set[int]) -> list[Choice]:
    """Label every text."""
    found = []
    while (choice := chooser.next(done)) is not None:
        found.append(choice)
        done.add(choice.place)
    return found


def test_every_text_comes_once_and_in_an_order_that_is_the_seed_s() -> None:
    one, other, third = (all_of(Chooser(50, seed), set()) for seed in (0, 0, 1))
    assert sorted(place for place, *_ in one) == list(range(50))
    assert {how for _, how, _ in one} == {How.RANDOM}
    assert one == other
    assert one != third


def test_about_half_are_where_the_linear_member_is_least_sure_and_in_its_order() -> None:
    chooser, done = Chooser(2000), set[int]()
    unsure = list(range(1999, -1, -1))
    chooser.rank(unsure)
    found = [chooser.next(done) for _ in range(400)]
    asked = [each for each in found if each is not None and each.how is How.UNSURE]
    assert 150 < len(asked) < 250
    assert [place for place, *_ in asked] == sorted((place for place, *_ in asked), reverse=True)


def test_what_was_labelled_is_not_asked_about_again() -> None:
    chooser = Chooser(10)
    chooser.rank(range(10))
    assert {place for place, *_ in all_of(chooser, {0, 3, 9})} == {1, 2, 4, 5, 6, 7, 8}


def test_a_text_that_was_skipped_comes_back_after_some_others() -> None:
    chooser, done = Chooser(50), set[int]()
    first = chooser.next(done)
    assert first is not None
    chooser.skip(first.place)
    assert chooser.skipped == [first.place]
    others = all_of(chooser, done)
    assert others[BACK_AFTER - 1] == Choice(first.place, How.SKIPPED)
    assert sorted(place for place, *_ in others) == list(range(50))


def test_the_last_texts_come_back_however_often_they_are_skipped() -> None:
    chooser, done = Chooser(2), set[int]()
    asked = []
    for _ in range(6):
        choice = chooser.next(done)
        assert choice is not None
        asked.append(choice.place)
        chooser.skip(choice.place)
    assert sorted(asked[:2]) == sorted(asked[2:4]) == sorted(asked[4:]) == [0, 1]


def test_what_is_put_back_is_next_the_last_one_first() -> None:
    chooser = Chooser(50)
    for place in (7, 8):
        chooser.put_back(Choice(place, How.UNSURE))
    assert [chooser.next({9}) for _ in range(2)] == [Choice(8, How.UNSURE), Choice(7, How.UNSURE)]
    chooser.put_back(Choice(7, How.UNSURE))
    assert chooser.next({7}) != Choice(7, How.UNSURE)


def test_the_random_sample_is_one_of_the_whole_file_though_the_hard_texts_are_asked_about_too() -> None:
    """Texts that were labelled because they are hard, and whose turn in the random order has come, belong to it."""
    shares = []
    for seed in range(200):
        chooser, done = Chooser(100, seed), set[int]()
        chooser.rank(range(30))  # the hard ones
        for _ in range(50):
            choice = chooser.next(done)
            assert choice is not None
            done.add(choice.place)
        sample = [place for place in done if chooser.is_random(place)]
        shares.append(np.mean([place < 30 for place in sample]))
    assert abs(np.mean(shares) - 0.3) < 4 * np.std(shares) / np.sqrt(len(shares))


def test_a_new_start_goes_on_with_the_same_random_order() -> None:
    whole = [place for place, *_ in all_of(Chooser(30), set())]
    again = all_of(Chooser(30), set(whole[:10]))
    assert [place for place, *_ in again] == whole[10:]
