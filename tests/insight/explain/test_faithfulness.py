from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import ConfigError, DataError
from reread.explain import Explanation, Span
from reread.insight.explain.faithfulness import Curves, faithfulness, shuffled
from reread.model.base import Model
from reread.tasks import Task
from reread.tasks.classification import Classification
from reread.tasks.regression import Regression
from reread.typing import override
from support.explanations import explained

TEXT = "good x fine y bad z good"


class Counting(Model):
    """Two classes, the log-odds of which the good words raise."""

    def __init__(self, task: Task | None = None) -> None:
        super().__init__(task or Classification(["neg", "pos"]))
        self.calls = 0

    @override
    def scores(self, texts: Sequence[str]) -> Any:
        self.calls += 1
        values = {"good": 2.0, "fine": 1.0, "bad": -3.0}
        return np.array([[0.0, sum(values.get(word, 0.0) for word in text.split())] for text in texts])

    @override
    def spans(self, text: str) -> list[Any]:
        raise NotImplementedError


def sigmoid(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))


TRUE = explained([2, 0, 1, 0, -3, 0, 2], TEXT)


def test_words_go_and_come_in_the_order_of_their_weights() -> None:
    found = faithfulness(Counting(), [TRUE], [0, 1 / 7, 2 / 7, 3 / 7])
    assert found.deletion[0].tolist() == pytest.approx([sigmoid(value) for value in (2, 0, -2, -3)])
    assert found.insertion[0].tolist() == pytest.approx([sigmoid(value) for value in (0, 2, 4, 5)])


def test_figures_of_the_curves() -> None:
    curves = Curves(np.array([0, 0.2, 0.6]), np.array([[0.9, 0.5, 0.1]]), np.array([[0.5, 0.7, 0.8]]))
    assert curves.deletion_area.tolist() == pytest.approx([(0.7 * 0.2 + 0.3 * 0.4) / 0.6])
    assert curves.insertion_area.tolist() == pytest.approx([(0.6 * 0.2 + 0.75 * 0.4) / 0.6])
    assert curves.comprehensiveness.tolist() == pytest.approx([0.6])
    assert curves.sufficiency.tolist() == pytest.approx([0.15])


def test_a_true_explanation_beats_a_random_one() -> None:
    random = [shuffled(TRUE, seed) for seed in range(30)]
    true, drawn = faithfulness(Counting(), [TRUE]), faithfulness(Counting(), random)
    assert true.deletion_area[0] < drawn.deletion_area.mean() - 0.1
    assert true.insertion_area[0] > drawn.insertion_area.mean() + 0.1


def test_the_other_class_has_its_own_probability() -> None:
    against = explained([-2, 0, -1, 0, 3, 0, -2], TEXT, "neg")
    assert faithfulness(Counting(), [against], [0, 1 / 7]).deletion[0].tolist() == pytest.approx(
        [sigmoid(-2), sigmoid(-5)]
    )


def test_texts_are_answered_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reread.insight.explain.faithfulness.TOGETHER", 2)
    some, model = [TRUE, explained([1.0], "good"), explained([1.0], "bad"), TRUE, explained([], " ")], Counting()
    whole = faithfulness(model, some)
    assert model.calls == 2
    for k, each in enumerate(some[:4]):
        alone = faithfulness(Counting(), [each])
        assert np.array_equal(whole.deletion[k], alone.deletion[0])
        assert np.array_equal(whole.insertion[k], alone.insertion[0])


def test_a_word_that_goes_joins_nobody() -> None:
    """Neither the word before it nor the one after it becomes another one."""
    text = "good,fine"
    found = Explanation(
        text=text,
        method="",
        account="",
        answer="pos",
        unit="",
        value=0.0,
        rest=None,
        spans=(Span("good", 0, 0, 4), Span(",", 9, 4, 5), Span("fine", 0, 5, 9)),
    )
    assert faithfulness(Counting(), [found], [0, 1 / 3]).deletion[0, 1] == pytest.approx(sigmoid(3))


@given(weights=st.lists(st.floats(-3, 3), min_size=7, max_size=7), seed=st.integers(0, 99))
def test_both_curves_begin_and_end_with_the_whole_text(weights: list[float], seed: int) -> None:
    given_one = explained(weights, TEXT)
    drawn = shuffled(given_one, seed)
    assert sorted(span.weight for span in drawn) == sorted(weights)
    assert [span.text for span in drawn] == TEXT.split()
    for each in (given_one, drawn):
        found = faithfulness(Counting(), [each], [0, 0.5, 1])
        assert found.deletion[0, 0] == found.insertion[0, -1] == pytest.approx(sigmoid(2))
        assert found.deletion[0, -1] == found.insertion[0, 0] == pytest.approx(0.5)


def test_what_cannot_be_measured() -> None:
    for shares in ([0.1, 0.2], [0.0], [0, 0.2, 0.2], [0, 1.1]):
        with pytest.raises(ConfigError, match="expected two or more that rise from 0 to at most 1"):
            faithfulness(Counting(), [TRUE], shares)
    with pytest.raises(DataError, match="a regression model has no classes"):
        faithfulness(Counting(Regression.fit([1.0, 2.0])), [TRUE])
    with pytest.raises(DataError, match="no text has a piece"):
        faithfulness(Counting(), [explained([], " ")])
