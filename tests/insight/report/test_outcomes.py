from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reread.errors import ConfigError
from reread.insight.report.outcomes import Outcomes, outcomes_of
from reread.insight.report.outcomes.numbers import NumberAnswers
from reread.tasks import Task
from reread.tasks.joint import Joint
from support.made_facts import ROWS, TASKS, measured

SINGLE = [kind for kind, task in TASKS.items() if not isinstance(task, Joint)]
WEIGHTS = st.lists(st.integers(0, 3).map(float), min_size=ROWS, max_size=ROWS).filter(lambda weights: sum(weights) > 0)


def answers_of(kind: str) -> Outcomes:
    (part,) = measured(kind).parts()
    return part.answers


@pytest.mark.parametrize("kind", SINGLE)
@settings(max_examples=10)
@given(weights=WEIGHTS)
def test_the_headline_is_the_tasks_own(kind: str, weights: list[float]) -> None:
    rows = measured(kind)
    expected = rows.tasks["network"].metrics(rows.targets, rows.scores["network"], weights)[
        rows.tasks["network"].headline
    ]
    assert answers_of(kind).measure()(np.array(weights)) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("kind", SINGLE)
def test_chosen_rows_are_judged_alone(kind: str) -> None:
    answers, rows = answers_of(kind), np.arange(10, 50)
    some = answers.take(rows)
    mask = np.isin(np.arange(ROWS), rows).astype(float)
    assert len(some) == 40
    assert some.measure()(some.weights) == pytest.approx(answers.measure()(mask))
    assert [some.truth_of(k) for k in range(40)] == [answers.truth_of(k) for k in rows]


@pytest.mark.parametrize("kind", SINGLE)
def test_right_answers_are_not_wrong(kind: str) -> None:
    answers = answers_of(kind)
    wrong = answers.wrongness() > 0
    said = np.array(
        [answers.answer_of(k).partition(" (")[0] != answers.truth_of(k).partition(" (")[0] for k in range(ROWS)]
    )
    if isinstance(answers, NumberAnswers):
        assert wrong.all()
    else:
        assert np.mean(wrong == said) > 0.9  # of several labels the first may be the same
        assert 0 < wrong.mean() < 1
    assert (answers.wrongness() <= 1).all() or isinstance(answers, NumberAnswers)


def test_a_joint_model_is_judged_target_by_target() -> None:
    rows = measured("joint")
    parts = rows.parts()
    assert [part.name for part in parts] == ["mood", "stars", "tags", "price"]
    figures = rows.tasks["network"].metrics(rows.targets, rows.scores["network"])
    for part in parts:
        assert part.main == "network"
        found = part.answers.measure()(part.answers.weights)
        assert found == pytest.approx(figures[f"{part.name}.{part.answers.metric}"])


def test_an_unknown_kind_of_task() -> None:
    class Strange(Task):
        name = "strange"

    Strange.__abstractmethods__ = frozenset()
    with pytest.raises(ConfigError, match="there is no report for strange tasks; leave the report out"):
        outcomes_of(Strange(), [], np.zeros((0, 1)), None)  # type: ignore[abstract]
