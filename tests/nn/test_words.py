"""TokenVectors that are moved position by position."""

from __future__ import annotations

import pytest
import torch

from reread.nn.token_vectors import TokenVectors

INDEX = torch.tensor([[0, 1, 0], [2, 2, 2]])
LENGTHS = torch.tensor([3, 1])


def words(scale: float = 1.0) -> TokenVectors:
    return TokenVectors(torch.tensor([[3.0, 4.0], [0.0, 0.0], [1.0, 7.0]]) * scale, INDEX)


@pytest.mark.parametrize("scale", [1.0, 0.01])
def test_a_move_is_in_units_of_the_text_s_own_vectors(scale: float) -> None:
    moved = words(scale).perturbed(torch.ones(2, 3, 2), LENGTHS)
    assert moved.index is None
    size = (moved.spread() - words(scale).spread())[..., 0]
    torch.testing.assert_close(size[0], torch.full((3,), scale * (50 / 6) ** 0.5))
    torch.testing.assert_close(size[1, 0], torch.tensor(scale * 5.0))


def test_the_same_word_goes_its_own_way_at_every_position() -> None:
    perturbation = torch.zeros(2, 3, 2)
    perturbation[0, 2] = 1
    moved = words().perturbed(perturbation, LENGTHS).spread()
    assert torch.equal(moved[0, 0], words().spread()[0, 0])
    assert not torch.equal(moved[0, 2], words().spread()[0, 2])


def test_what_stands_in_padding_and_who_else_is_read_change_no_move() -> None:
    moved = words().perturbed(torch.ones(2, 3, 2), LENGTHS).spread()
    other = TokenVectors(words().vectors * 1.0, torch.tensor([[0, 1, 0], [2, 0, 1]]))
    torch.testing.assert_close(other.perturbed(torch.ones(2, 3, 2), LENGTHS).spread()[1, :1], moved[1, :1])
    alone = TokenVectors(words().vectors, INDEX[:1]).perturbed(torch.ones(1, 3, 2), LENGTHS[:1]).spread()
    torch.testing.assert_close(alone, moved[:1])


def test_the_size_itself_gets_no_gradient() -> None:
    vectors = words().vectors.requires_grad_()
    TokenVectors(vectors, INDEX).perturbed(torch.ones(2, 3, 2), torch.tensor([3, 3])).spread().sum().backward()
    assert vectors.grad is not None
    assert vectors.grad.tolist() == [[2, 2], [1, 1], [3, 3]]  # how often each word stands there
