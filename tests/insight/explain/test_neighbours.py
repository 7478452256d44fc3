from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import ConfigError
from reread.insight.explain.neighbours import Example, neighbours
from reread.scoring.scorer import Scorer


class Plane:
    """Texts are two numbers, and these are their vectors."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    def vectors(self, texts: Sequence[str]) -> Any:
        self.calls.append(len(texts))
        return np.array([[float(part) for part in text.split()] for text in texts], dtype=np.float32)


def nearest(text: str, examples: Sequence[str], most: int = 5, plane: Plane | None = None) -> list[tuple[str, float]]:
    rows = [Example(each, {"label": each}, f"line {k}") for k, each in enumerate(examples)]
    found = neighbours(cast("Scorer", plane or Plane()), text, iter(rows), most)
    assert all(neighbour.example in rows for neighbour in found)
    return [(neighbour.example.text, neighbour.cosine) for neighbour in found]


def test_the_angle_decides_and_the_length_does_not() -> None:
    found = nearest("1 0", ["0 1", "5 0", "1 1", "-1 0", "0 0"], 4)
    assert [text for text, _ in found] == ["5 0", "1 1", "0 1", "0 0"]
    assert [cosine for _, cosine in found] == pytest.approx([1, 0.5**0.5, 0, 0])


def test_examples_are_read_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reread.insight.explain.neighbours.TOGETHER", 2)
    plane = Plane()
    assert [text for text, _ in nearest("1 0", ["0 1", "1 1", "1 2", "2 1", "1 0"], 2, plane)] == ["1 0", "2 1"]
    assert plane.calls == [1, 2, 2, 1]


def test_of_no_examples_none_is_near() -> None:
    assert nearest("1 0", []) == []


@given(
    points=st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), max_size=12),
    most=st.integers(1, 4),
    together=st.integers(1, 5),
)
def test_they_are_the_nearest_of_all(points: list[tuple[int, int]], most: int, together: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reread.insight.explain.neighbours.TOGETHER", together)
        found = nearest("1 2", [f"{x} {y}" for x, y in points], most)
    cosines = sorted(((x + 2 * y) / (5 * (x * x + y * y) or 1) ** 0.5 for x, y in points), reverse=True)
    assert [cosine for _, cosine in found] == pytest.approx(cosines[:most], abs=1e-6)


def test_none_cannot_be_wanted() -> None:
    with pytest.raises(ConfigError, match="most = 0: expected 1 neighbour or more"):
        nearest("1 0", ["1 0"], 0)
