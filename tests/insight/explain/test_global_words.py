from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.explain import Explanation
from reread.insight.explain.global_words import PRIOR, AnswerDrivers, Driver, global_words
from support.explanations import explained

WORDS = ("so", "very", "good", "bad", "film", "Good")


def of_words(weights: Mapping[str, float], answer: str = "pos") -> Explanation:
    return explained(list(weights.values()), " ".join(weights), answer)


def by_text(drivers: AnswerDrivers) -> dict[str, tuple[float, int]]:
    return {each.text: (each.weight, each.texts) for each in (*drivers.speaking_for, *drivers.speaking_against)}


def test_words_of_each_answer_are_added_up() -> None:
    texts = [of_words({"a": 0.0, "Good": 3.0, "bad": -1.0}), of_words({"good": 1.0}), of_words({"bad": 2.0}, "neg")]
    neg, pos = global_words(texts)
    assert (neg.answer, neg.texts, pos.answer, pos.texts, pos.unit) == ("neg", 1, "pos", 2, "log-odds")
    assert by_text(neg) == {"bad": (2.0, 1)}
    assert by_text(pos) == {"good": (2.0, 2), "bad": (-1.0, 1)}
    assert [driver.text for driver in pos.speaking_for] == ["good"]


@pytest.mark.parametrize(
    ("texts", "least", "named"), [(19, None, 1), (20, None, 2), (100, None, 3), (100, 5, 5), (100, 1, 1)]
)
def test_a_piece_of_too_few_texts_is_not_named(texts: int, least: int | None, named: int) -> None:
    rare = [of_words({f"rare{k}": 9.0}) for k in range(1, 7) for _ in range(k)]
    common = [of_words({"good": 1.0}) for _ in range(texts - len(rare))]
    (found,) = global_words([*rare, *common][:texts], least=least, most=100)
    assert found.least == named
    assert min(driver.texts for driver in found.speaking_for) == named


def test_what_a_text_says_twice_counts_once_with_the_sum() -> None:
    (found,) = global_words([explained([1, 0, 2], "good x good")])
    assert by_text(found) == {"good": (3.0, 1)}


def test_neighbours_on_one_side_are_a_phrase() -> None:
    text = "a so very good. Bad bad, x"
    words = explained([0, 1, 1, 4, -2, -2, 0], "a so very good. Bad bad, x")
    assert words.text == text
    (found,) = global_words([words])
    assert by_text(found)["so very good."] == (6.0, 1)
    assert by_text(found)["bad bad,"] == (-4.0, 1)
    assert "very good." not in by_text(found)


def test_what_stands_between_parts_a_phrase() -> None:
    words = explained([2, 0, 2], "good … good")
    no_dots = Explanation(**{**vars(words), "spans": (words.spans[0], words.spans[2])})
    assert by_text(global_words([no_dots])[0]) == {"good": (4.0, 1)}


def test_a_piece_of_few_texts_needs_more_weight() -> None:
    assert Driver("x", 3.0, PRIOR).force == 1.5
    often, rare = of_words({"good": 1.0}), of_words({"odd": 2.0})
    (found,) = global_words([often] * 50 + [rare])
    assert [driver.text for driver in found.speaking_for] == ["good", "odd"]


def test_memory_is_bounded_and_what_is_frequent_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reread.insight.explain.global_words.KEPT", 10)
    texts = [of_words({"good": 1.0, f"w{k}": 2.0}) for k in range(100)]
    (found,) = global_words(texts, most=1000)
    assert len(found.speaking_for) <= 10
    assert by_text(found)["good"] == (1.0, 100)


@given(
    texts=st.lists(
        st.tuples(
            st.sampled_from(["pos", "neg"]),
            st.lists(st.tuples(st.sampled_from(WORDS), st.floats(-3, 3)), min_size=1, max_size=6),
        ),
        max_size=8,
    )
)
def test_no_weight_of_a_word_is_lost(texts: list[tuple[str, list[tuple[str, float]]]]) -> None:
    explanations = [
        explained([weight for _, weight in words], " ".join(word for word, _ in words), answer)
        for answer, words in texts
    ]
    found = {each.answer: each for each in global_words(explanations, most=1000)}
    for answer in ("pos", "neg"):
        own = [words for name, words in texts if name == answer]
        if not own:
            assert answer not in found
            continue
        for word in ("so", "good"):
            total = sum(weight for words in own for name, weight in words if name.lower() == word)
            mean, count = by_text(found[answer]).get(word, (0.0, 0))
            assert mean * count == pytest.approx(total, abs=1e-9)


def test_it_says_how_the_weights_were_found() -> None:
    shares = replace(of_words({"good": 0.5}), method="attention", account="Shares.", own_unit="share of attention")
    (found,) = global_words([shares])
    assert (found.method, found.account, found.unit, found.signed) == (
        "attention",
        "Shares.",
        "share of attention",
        False,
    )


def test_it_can_be_written_as_json() -> None:
    (found,) = global_words([of_words({"good": 3.0})])
    assert found.to_dict()["for"] == [{"text": "good", "weight": 3.0, "texts": 1}]
