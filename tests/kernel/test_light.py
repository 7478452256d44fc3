"""The compiled sweeps of light recurrences against torch in double precision."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from reread.kernel import available, load
from reread.kernel.light import Light
from reread.nn.recurrences import Recurrence, light_kernel
from reread.nn.recurrences.light_kernel import Gates
from reread.nn.recurrences.min_lstm import MinLSTM
from reread.nn.recurrences.sru import SRU
from support.kernel.sweeping import (
    RAGGED,
    SWEEPS,
    TOLERANCE,
    case,
    distances,
    same_with_threads,
    swept,
    with_strange_padding,
)

every_kind = pytest.mark.parametrize("kind", [SRU, MinLSTM])
every_level = pytest.mark.parametrize("level", available())


@pytest.mark.parametrize(("level", "number"), SWEEPS)
@every_kind
@settings(max_examples=25, deadline=None)
@given(data=st.data(), lengths=st.lists(st.integers(1, 9), min_size=1, max_size=15), both=st.booleans())
def test_sweeps_agree_with_torch(kind: type[Recurrence], level: str, number: str, data: st.DataObject, lengths: list[int], *, both: bool) -> None:  # fmt: skip
    found = case(data.draw(st.integers(0, 99)), data.draw(st.integers(1, 40)), lengths, both=both, kind=kind)
    kernel = Light(load(level), number)
    assert max(distances(swept(found, kernel), swept(found, None, torch.float64))) < TOLERANCE[number]


@every_level
@every_kind
def test_the_last_cells_and_their_gradients_agree(kind: type[Recurrence], level: str) -> None:
    found = case(1, 20, [6] * 7, kind=kind)
    ours, theirs = swept(found, Light(load(level), "float32")), swept(found, None, torch.float64)
    assert (
        len(ours) == 2 + 2 + 2 * 2
    )  # outputs and last cells; gradients of vectors, first cells and each direction's parameters
    assert max(distances(ours, theirs)) < TOLERANCE["float32"]


@dataclass
class Sweep:
    """Gates of five words in two directions, and texts of them; no product comes before, whose rounding may vary with its size."""

    gates: list[Gates]
    first: Tensor
    index: Tensor

    def run(self, kernel: Light, texts: slice = slice(None)) -> list[Tensor]:
        """Outputs and last cells of some texts, then the gradients of all that has one."""
        lengths = torch.tensor(RAGGED)[texts]
        outputs, last = light_kernel.sweep(
            kernel, self.index[texts, : max(lengths)], lengths, self.first[:, texts], self.gates
        )
        wanted = [self.first, *(tensor for gates in self.gates for tensor in gates if tensor is not None)]
        return [outputs, last, *torch.autograd.grad((outputs**2).sum() + last.sum(), wanted)]


def sweep_of(hidden: int, *, shown: bool) -> Sweep:
    torch.manual_seed(hidden)
    gates = [Gates(*(torch.rand(5, hidden).requires_grad_() for _ in range(2 + 2 * shown))) for _ in range(2)]
    return Sweep(
        gates, torch.randn(2, len(RAGGED), hidden).requires_grad_(), torch.randint(5, (len(RAGGED), max(RAGGED)))
    )


shown_or_not = pytest.mark.parametrize("shown", [True, False])


@every_level
@shown_or_not
def test_a_text_s_outputs_do_not_depend_on_its_batch_to_the_bit(level: str, *, shown: bool) -> None:
    found, kernel = sweep_of(24, shown=shown), Light(load(level), "float32")
    together, last, *_ = found.run(kernel)
    for k, length in enumerate(RAGGED):
        alone, after, *_ = found.run(kernel, slice(k, k + 1))
        assert torch.equal(together[k : k + 1, :length], alone)
        assert torch.equal(last[:, k : k + 1], after)


@shown_or_not
@pytest.mark.parametrize("hidden", [1, 16, 40])
def test_threads_change_no_bit(hidden: int, *, shown: bool) -> None:
    found, kernel = sweep_of(hidden, shown=shown), Light(load(), "float32")
    assert same_with_threads((1, 4, 7), lambda: found.run(kernel))


@every_kind
def test_what_padding_holds_changes_nothing(kind: type[Recurrence]) -> None:
    found, kernel = case(5, 8, [4, 2, 1], kind=kind), Light(load(), "float32")
    apart = max(distances(with_strange_padding(found, kernel), swept(found, kernel)))
    assert apart < TOLERANCE["float32"]  # another number of rows may be multiplied another way


@every_kind
def test_padding_is_zero(kind: type[Recurrence]) -> None:
    found = case(6, 5, [3, 1], kind=kind)
    found.layer.kernel = Light(load(), "float32")
    outputs, _ = found.layer(found.words, found.lengths, found.states)
    assert not outputs[1, 1:].any()
    assert outputs[1, :1].all()


def test_copies_of_a_network_have_the_same_sweeps() -> None:
    copied = pickle.loads(pickle.dumps(Light(load("portable"), "float32")))
    assert (type(copied), copied.library.level, copied.precision) == (Light, "portable", "float32")
