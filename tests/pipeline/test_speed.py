"""The speed of what answers, measured after a training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reread.machine import machine
from reread.model.base import Model
from reread.pipeline import speed
from reread.tasks.classification import Classification
from reread.text.segmenters.base import Span
from reread.typing import override


class Counting(Model):
    """Remembers how many texts each call had."""

    def __init__(self) -> None:
        super().__init__(Classification(["a", "b"]))
        self.calls: list[int] = []

    @override
    def scores(self, texts: Sequence[str]) -> NDArray[np.floating[Any]]:
        self.calls.append(len(texts))
        return np.zeros((len(texts), 2), np.float32)

    @override
    def spans(self, text: str) -> list[Span]:
        return []


def test_more_and_more_texts_are_answered_until_all_are() -> None:
    model = Counting()
    found = speed.scoring_speed(model, ["four", "eighteen"] * 5)
    assert model.calls == [1, 4, 8, 10]
    assert found["texts_per_second"] > 0
    assert {**found, "texts_per_second": 0} == {
        "texts_per_second": 0,
        "texts": 10,
        "characters": 6,
        "machine": machine(),
    }


def test_time_that_is_over_ends_it_with_a_few_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "SECONDS", 0.0)
    model = Counting()
    assert speed.scoring_speed(model, ["a text"] * 100)["texts"] == 4
    assert model.calls == [1, 4]
