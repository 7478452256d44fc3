"""The learning curve of an estimator."""

from __future__ import annotations

import pytest

from reread import TextClassifier
from reread.errors import ConfigError

SMALL = {"recipe": "rnn", "epochs": 1, "threads": 1, "settings": {"model": {"hidden": 4, "embedding_dim": 4}}}
TEXTS = [f"a {('lovely', 'dull', 'warm', 'cold')[k % 4]} film of the year {k}" for k in range(56)]
LABELS = [("good", "bad")[k % 2] for k in range(56)]


def test_it_is_measured_where_it_is_asked_for() -> None:
    (curve,) = TextClassifier(learning_curve=True, **SMALL).fit(TEXTS, LABELS).learning_curves_
    assert curve.rows == 56
    assert curve.points[-1].figure > 0.9
    assert TextClassifier(**SMALL).fit(TEXTS[:20], LABELS[:20]).learning_curves_ == []


def test_several_labels_are_refused_before_training() -> None:
    with pytest.raises(ConfigError, match="several labels would bring cannot be foretold"):
        TextClassifier(learning_curve=True, **SMALL).fit(TEXTS, [[label, "film"] for label in LABELS])


def test_without_the_linear_member_it_is_refused_before_training() -> None:
    with pytest.raises(ConfigError, match="learning_curve=True with baseline=False"):
        TextClassifier(learning_curve=True, baseline=False, **SMALL).fit(TEXTS, LABELS)
