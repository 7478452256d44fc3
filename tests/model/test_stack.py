"""A stack: the weighted mean of two members' scores, or a network on top of the linear member."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from reread.errors import DataError
from reread.model.base import Model
from reread.model.baseline import Baseline
from reread.model.network import Network
from reread.model.stack import Stack, member_scores, stacked
from reread.tasks import tasks

TEXTS = [f"text {number}" for number in range(7)]
TASK = tasks.get("classification").fit(["a", "b", "c"])


class Member:
    """Scores of some texts, and how often they were asked for."""

    def __init__(self, seed: int) -> None:
        self.table = np.random.default_rng(seed).normal(size=(len(TEXTS), TASK.size)).astype(np.float32)
        self.task, self.reads = TASK, 0

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        self.reads += 1
        return self.table[[TEXTS.index(text) for text in texts]]


@pytest.fixture
def linear() -> Any:
    return Member(0)


@pytest.fixture
def network() -> Any:
    return Member(1)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.7])
def test_scores_are_the_weighted_mean(share: float, linear: Any, network: Any) -> None:
    model = Stack(TASK, linear, network, share=share, offset=False)
    expected = (1 - share) * linear.table + share * network.table
    np.testing.assert_allclose(model.scores(TEXTS), expected, rtol=1e-6)
    assert model.scores(TEXTS).dtype == np.float32
    assert model.network() is network
    assert model.network_share() == share


def test_chances_are_the_product_of_powers(linear: Any, network: Any) -> None:
    """The weighted mean of scores is the weighted geometric mean of chances."""
    model = Stack(TASK, linear, network, share=0.3, offset=False)
    theirs, ours = (np.asarray(TASK.probabilities(member.table)) for member in (linear, network))
    product = theirs**0.7 * ours**0.3
    np.testing.assert_allclose(
        np.asarray(model.predict_proba(TEXTS)), product / product.sum(axis=1, keepdims=True), rtol=1e-5
    )


@pytest.mark.parametrize(("share", "expected"), [(0.0, "linear"), (0.4, "both"), (1.0, "both")])
def test_a_network_that_learned_what_is_left_comes_on_top(
    share: float, expected: str, linear: Any, network: Any
) -> None:
    model = Stack(TASK, linear, network, share=share, offset=True)
    np.testing.assert_allclose(model.scores(TEXTS), linear.table + share * network.table, rtol=1e-5, atol=1e-6)
    assert network.reads == (expected == "both")


def test_one_member_alone_answers_to_the_bit_and_the_other_reads_nothing(linear: Any, network: Any) -> None:
    for share, used, idle in ((0.0, linear, network), (1.0, network, linear)):
        before = idle.reads
        found = Stack(TASK, linear, network, share=share, offset=False).scores(TEXTS)
        np.testing.assert_array_equal(found, used.table)
        assert idle.reads == before
        np.testing.assert_array_equal(stacked(linear.table, network.table, share), used.table)


def test_one_member_alone_answers_even_where_the_other_has_no_finite_score(linear: Any, network: Any) -> None:
    network.table[:] = np.inf
    assert np.isfinite(stacked(linear.table, network.table, 0.0)).all(), "0 times infinity is not a number"


@pytest.mark.parametrize("offset", [False, True])
def test_the_scores_of_all_models_of_a_folder_read_each_member_once(offset: bool, linear: Any, network: Any) -> None:  # noqa: FBT001  # a case
    top = Stack(TASK, linear, network, share=1.0, offset=True) if offset else Network(network)
    models: dict[str, Model] = {
        "stack": Stack(TASK, linear, network, share=0.6, offset=offset),
        "network": top,
        "linear": Baseline(linear, TASK),
    }
    found = member_scores(models, TEXTS)
    assert (linear.reads, network.reads) == (1, 1)
    assert list(found) == list(models), "what answers stays first"
    for name, model in models.items():
        np.testing.assert_array_equal(found[name], model.scores(TEXTS))


def test_the_scores_of_a_folder_without_a_stack(network: Any) -> None:
    found = member_scores({"network": Network(network)}, TEXTS)
    assert list(found) == ["network"]
    np.testing.assert_array_equal(found["network"], network.table)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_what_is_no_list_of_texts_is_refused(share: float, linear: Any, network: Any) -> None:
    model = Stack(TASK, linear, network, share=share, offset=False)
    with pytest.raises(DataError, match="texts is one string"):
        model.predict("one string")  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"texts is a table \(DataFrame\)"):
        model.predict(pd.DataFrame({"text": ["a"]}))  # type: ignore[arg-type]
    with pytest.raises(DataError, match="texts is one string"):
        member_scores({"stack": model}, "one string")


def test_a_stack_loads_neither_torch_nor_scikit_learn() -> None:
    code = "import sys; import reread.model.stack; print({'torch', 'sklearn', 'scipy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


@pytest.mark.parametrize(("offset", "parts"), [(False, (0.7, 0.3)), (True, (1.0, 0.3))])
def test_what_each_member_adds_makes_the_scores(
    *, offset: bool, parts: tuple[float, float], linear: Any, network: Any
) -> None:
    model = Stack(TASK, linear, network, share=0.3, offset=offset)
    added = model.members(TEXTS[2])
    np.testing.assert_allclose(added["linear"], parts[0] * linear.table[2], rtol=1e-6)
    np.testing.assert_allclose(added["network"], parts[1] * network.table[2], rtol=1e-6)
    np.testing.assert_allclose(sum(added.values()), model.scores(TEXTS)[2], rtol=1e-5)
