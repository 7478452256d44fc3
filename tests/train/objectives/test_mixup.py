"""Mixtures of texts: the loss by the mixed targets of the scores of the mixed vectors."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from reread.nn.model import TextNet, build_model
from reread.recipes.spec import ModelSpec, TrainingSettings
from reread.tasks import Task, tasks
from reread.train.losses import build_loss
from reread.train.objectives import Batch, Objective, build_objective

TEXTS, WORDS = 5, 9
TARGETS: dict[str, Any] = {
    "classification": list("babca"),
    "multilabel": [["a", "b"], [], ["c"], ["b"], ["a"]],
    "ordinal": [1, 3, 2, 5, 4],
    "regression": [3.0, -1.0, 2.5, 8.0, 0.5],
}
TARGETS["joint"] = {"topic": TARGETS["classification"], "price": TARGETS["regression"]}
SHARE = torch.tensor([1.0, 0.0, 0.3, 0.5, 0.9])
OTHERS = torch.tensor([2, 3, 3, 0, 4])
every_task = pytest.mark.parametrize("name", tasks.names())


def made(name: str) -> tuple[Task, Tensor]:
    task = tasks.get(name).fit(TARGETS[name])
    return task, torch.from_numpy(task.encode(TARGETS[name]))


def scores_for(task: Task) -> Tensor:
    return torch.randn(TEXTS, task.size, generator=torch.Generator().manual_seed(0))


def mixup(task: Task, *, window: int = 4096, alpha: float = 1.0, **spec: Any) -> tuple[Objective, TextNet]:
    torch.manual_seed(0)
    net = build_model(ModelSpec(**{"embedding_dim": 6, "hidden": 5, "dropout": 0.0, **spec}), [WORDS], task.size)
    settings = TrainingSettings(objective="mixup", objective_options={"alpha": alpha}, window=window)
    return build_objective(net.train(), build_loss(task), settings), net


def batch_of(targets: Tensor, weights: list[float] | None = None, offset: Tensor | None = None) -> Batch:
    ids = torch.randint(1, WORDS, (TEXTS, 7, 1), generator=torch.Generator().manual_seed(1))
    lengths = torch.tensor([7, 3, 5, 1, 6])
    return Batch(ids, lengths, targets, offset, None if weights is None else torch.tensor(weights))


@every_task
def test_mixtures_at_their_ends_are_the_texts(name: str) -> None:
    task, targets = made(name)
    loss, scores = build_loss(task), scores_for(task)
    mixed = loss.of_mixture(scores, targets, targets[OTHERS], SHARE)
    assert mixed.shape == (TEXTS,)
    torch.testing.assert_close(mixed[0], loss(scores, targets)[0])
    torch.testing.assert_close(mixed[1], loss(scores, targets[OTHERS])[1])
    torch.testing.assert_close(mixed[4], loss(scores, targets)[4])  # mixed with itself


def test_mixed_classes_are_probabilities() -> None:
    task, targets = made("classification")
    scores, rows = scores_for(task), torch.eye(3)[targets[:, 0].long()]
    soft = SHARE[:, None] * rows + (1 - SHARE[:, None]) * rows[OTHERS]
    mixed = build_loss(task).of_mixture(scores, targets, targets[OTHERS], SHARE)
    torch.testing.assert_close(mixed, functional.cross_entropy(scores, soft, reduction="none"))


@pytest.mark.parametrize("loss", ["squared", "absolute", "huber"])
def test_mixed_numbers_are_in_between(loss: str) -> None:
    task = tasks.get("regression").fit(TARGETS["regression"], loss=loss)
    targets, scores = torch.from_numpy(task.encode(TARGETS["regression"])), scores_for(task)
    found = build_loss(task)
    between = SHARE[:, None] * targets + (1 - SHARE[:, None]) * targets[OTHERS]
    torch.testing.assert_close(found.of_mixture(scores, targets, targets[OTHERS], SHARE), found(scores, between))


def test_a_joint_loss_mixes_part_by_part() -> None:
    task, targets = made("joint")
    scores, others = scores_for(task), targets[OTHERS]
    expected = torch.zeros(TEXTS)
    for name, part in task.parts.items():
        own, read = task.slices()[name], task.target_slices()[name]
        expected += build_loss(part).of_mixture(scores[:, own], targets[:, read], others[:, read], SHARE)
    torch.testing.assert_close(build_loss(task).of_mixture(scores, targets, others, SHARE), expected)


@every_task
@pytest.mark.parametrize("pooling", ["max", "segment_max", "attention"])
def test_every_task_and_pooling_learns_from_mixtures(name: str, pooling: str) -> None:
    task, targets = made(name)
    objective, net = mixup(task, pooling=pooling)
    (term,) = objective.losses(batch_of(targets, offset=torch.ones(TEXTS, task.size)))
    assert term.shape == (TEXTS,)
    term.mean().backward()
    assert all(each.grad is not None and torch.isfinite(each.grad.to_dense()).all() for each in net.parameters())


def test_what_is_pooled_is_what_the_head_reads() -> None:
    task, targets = made("classification")
    _, net = mixup(task, latent=(4,), concat_word=True, pooling="segment_max")
    batch = batch_of(targets)
    torch.testing.assert_close(net.head(net.pool(batch.ids, batch.lengths)), net.read(batch.ids, batch.lengths))


def test_texts_mixed_with_themselves_are_the_texts() -> None:
    task, targets = made("classification")
    objective, _ = mixup(task)
    # the only text that counts is every text's partner
    alone = batch_of(targets, [0.0, 0.0, 1.0, 0.0, 0.0], torch.randn(TEXTS, task.size))
    (term,) = objective.losses(alone)
    torch.testing.assert_close(term[2], objective.loss(objective.read(alone), targets)[2])


def test_texts_that_do_not_count_are_no_partners() -> None:
    task, targets = made("classification")
    objective, _ = mixup(task)
    terms = []
    for changed in (0, 2):
        batch = batch_of(targets.clone(), [1.0, 0.0, 1.0, 1.0, 1.0])
        assert batch.targets is not None
        batch.targets[1] = changed
        torch.manual_seed(3)
        terms.append(next(iter(objective.losses(batch)))[[0, 2, 3, 4]])
    assert torch.equal(*terms)


def test_a_batch_in_which_no_text_counts() -> None:
    task, targets = made("classification")
    (term,) = mixup(task)[0].losses(batch_of(targets, [0.0] * TEXTS))
    assert torch.isfinite(term).all()


def test_a_text_longer_than_the_window_is_read_alone() -> None:
    task, targets = made("regression")
    objective, _ = mixup(task, window=4)
    whole = batch_of(targets)
    long = Batch(whole.ids[:1], whole.lengths[:1], targets[:1])
    torch.testing.assert_close(next(iter(objective.losses(long))), objective.loss(objective.read(long), targets[:1]))


def test_a_small_alpha_leaves_most_texts_nearly_unmixed() -> None:
    task, _ = made("classification")
    torch.manual_seed(0)
    near, even = (mixup(task, alpha=alpha)[0].shares.sample((4000,)) for alpha in (0.1, 1.0))  # type: ignore[attr-defined]
    assert ((near - 0.5).abs() > 0.4).float().mean() > 0.7
    assert 0.15 < ((even - 0.5).abs() > 0.4).float().mean() < 0.25
