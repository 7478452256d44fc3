"""Distillation: the divergence from an earlier model's answers among the labels that it knows."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from reread.nn.model import build_model
from reread.recipes.spec import ModelSpec, TrainingSettings
from reread.train.losses import build_loss
from reread.train.objectives import Batch, build_objective
from support import tiny


def losses(batch: Batch, earlier: Tensor | None, **options: float) -> Tensor:
    torch.manual_seed(0)
    net = build_model(ModelSpec(embedding_dim=4, hidden=3, dropout=0.0), [tiny.WORDS], tiny.TASK.size)
    settings = TrainingSettings(objective="distilled", objective_options=options)
    (found,) = build_objective(net, build_loss(tiny.TASK), settings).losses(replace(batch, earlier=earlier))
    return found


def scores_of(batch: Batch) -> Tensor:
    torch.manual_seed(0)
    net = build_model(ModelSpec(embedding_dim=4, hidden=3, dropout=0.0), [tiny.WORDS], tiny.TASK.size)
    return net.read(batch.ids, batch.lengths)


@pytest.fixture
def batch() -> Batch:
    ids = torch.arange(1, 13).reshape(3, 4, 1)
    return Batch(ids, torch.tensor([4, 4, 4]), torch.tensor([[0.0], [1.0], [2.0]]))


def test_it_is_zero_where_the_answers_agree_whatever_the_new_label_says(batch: Batch) -> None:
    theirs = scores_of(batch).detach() + 3.0  # the same chances
    theirs[:, 2] = -math.inf
    torch.testing.assert_close(losses(batch, theirs), losses(batch, None))
    torch.testing.assert_close(losses(batch, theirs.flip(1).roll(1, 1), weight=0.0), losses(batch, None))


def test_it_is_the_divergence_among_the_known_labels(batch: Batch) -> None:
    theirs = torch.tensor([[2.0, -1.0, -math.inf]] * 3)
    added = losses(batch, theirs, weight=0.5, temperature=3.0) - losses(batch, None)
    p, q = (nn.functional.softmax(each[:, :2] / 3, dim=1) for each in (theirs, scores_of(batch)))
    torch.testing.assert_close(added, 0.5 * 9 * (p * (p / q).log()).sum(dim=1))
