from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import entropy
from sklearn.metrics import mean_pinball_loss
from sklearn.utils.class_weight import compute_class_weight
from torch.nn import functional

from reread.errors import ConfigError
from reread.tasks import tasks
from reread.tasks.joint import Joint
from reread.tasks.regression import Regression
from reread.train.losses import build_loss, check_smoothing, class_weights, losses

LABELS = ["a", "b", "b", "c", "c", "c"]
SCORES = torch.randn(6, 3, generator=torch.Generator().manual_seed(0))


def fit(name: str, targets: Any, **options: Any) -> tuple[Any, torch.Tensor]:
    task = tasks.get(name).fit(targets, **options)
    return task, torch.from_numpy(task.encode(targets))


def test_classification_is_cross_entropy() -> None:
    task, encoded = fit("classification", LABELS)
    expected = functional.cross_entropy(SCORES, encoded[:, 0].long(), reduction="none")
    torch.testing.assert_close(build_loss(task)(SCORES, encoded), expected)


def test_smoothing_spreads_a_share_of_the_target() -> None:
    task, encoded = fit("classification", LABELS)
    smoothed = build_loss(task, label_smoothing=0.1)(SCORES, encoded)
    spread = functional.log_softmax(SCORES, dim=1).mean(dim=1)
    torch.testing.assert_close(smoothed, 0.9 * build_loss(task)(SCORES, encoded) - 0.1 * spread)


@pytest.mark.parametrize("smoothing", [-0.1, 1.0])
def test_smoothing_that_cannot_be_used(smoothing: float) -> None:
    with pytest.raises(ConfigError, match="it must be at least 0 and below 1"):
        build_loss(fit("classification", LABELS)[0], label_smoothing=smoothing)


def test_multilabel_is_the_mean_over_labels() -> None:
    task, encoded = fit("multilabel", [["a"], ["b", "c"], []])
    expected = functional.binary_cross_entropy_with_logits(SCORES[:3], encoded, reduction="none").mean(dim=1)
    torch.testing.assert_close(build_loss(task)(SCORES[:3], encoded), expected)


def test_ordinal_is_the_sum_over_thresholds() -> None:
    task, encoded = fit("ordinal", [1, 2, 3, 4, 1, 2])
    above = torch.tensor([[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1], [0, 0, 0], [1, 0, 0]], dtype=torch.float32)
    expected = functional.binary_cross_entropy_with_logits(SCORES, above, reduction="none").sum(dim=1)
    torch.testing.assert_close(build_loss(task)(SCORES, encoded), expected)


@pytest.mark.parametrize(
    ("loss", "expected"), [("squared", [9, 0.25]), ("absolute", [3, 0.5]), ("huber", [2.5, 0.125])]
)
def test_losses_of_numbers(loss: str, expected: list[float]) -> None:
    task = Regression(mean=0, scale=1, loss=loss)
    found = build_loss(task)(torch.tensor([[0.0], [1.0]]), torch.tensor([[3.0], [0.5]]))
    torch.testing.assert_close(found, torch.tensor(expected))


def test_quantiles_have_the_pinball_loss() -> None:
    task, encoded = fit("regression", [1.0, 5.0, 2.0, 3.0, 9.0, 4.0], loss="quantile")
    found = build_loss(task)(SCORES, encoded).mean().item()
    each = [
        mean_pinball_loss(encoded[:, 0].numpy(), SCORES[:, k].numpy(), alpha=quantile)
        for k, quantile in enumerate(task.quantiles)
    ]
    assert found == pytest.approx(float(np.mean(each)))


def test_joint_is_the_weighted_sum_of_the_parts() -> None:
    targets = {"topic": LABELS, "price": [1.0, 5.0, 2.0, 3.0, 9.0, 4.0]}
    task, encoded = fit("joint", targets, parts={"price": "regression"}, weights={"price": 0.25})
    scores = torch.cat([SCORES, SCORES[:, :1]], dim=1)
    topic, price = (build_loss(part) for part in task.parts.values())
    expected = topic(SCORES, encoded[:, :1]) + 0.25 * price(SCORES[:, :1], encoded[:, 1:])
    torch.testing.assert_close(build_loss(task)(scores, encoded), expected)
    smoothed = build_loss(task, parts={"topic": {"label_smoothing": 0.1}})
    assert (smoothed(scores, encoded) != expected).all()
    torch.testing.assert_close(build_loss(task, label_smoothing=0.1)(scores, encoded), smoothed(scores, encoded))


@pytest.mark.parametrize(
    ("name", "targets"), [("regression", [1, 2]), ("joint", {"price": [1.5, 2.5], "stars": [1, 2]})]
)
def test_an_option_that_the_loss_does_not_have(name: str, targets: Any) -> None:
    options = {"parts": dict.fromkeys(targets, "regression")} if isinstance(targets, dict) else {}
    with pytest.raises(ConfigError, match=f'^the loss of {name} has no option "label_smoothing"; leave it out$'):
        build_loss(fit(name, targets, **options)[0], label_smoothing=0.1)


def test_label_smoothing_is_for_one_class_a_text() -> None:
    for name, targets in (("regression", [1, 2]), ("multilabel", [["a"], ["b"]]), ("ordinal", [1, 2])):
        task = fit(name, targets)[0]
        check_smoothing(task, 0.0)
        with pytest.raises(
            ConfigError, match=rf"^training\.label_smoothing = 0\.1: label smoothing .* not for {name};"
        ):
            check_smoothing(task, 0.1)
    check_smoothing(fit("classification", ["a", "b"])[0], 0.1)
    check_smoothing(fit("joint", {"topic": ["a", "b"], "price": [1.5, 2.5]}, parts={"price": "regression"})[0], 0.1)


def test_balanced_weights_are_scikit_learns() -> None:
    for name in ("classification", "ordinal"):
        task, encoded = fit(name, LABELS)
        found = class_weights(task, encoded.numpy(), "balanced")
        expected = compute_class_weight("balanced", classes=np.array(task.classes), y=LABELS)
        assert found == pytest.approx(expected)
        plain, weighted = (build_loss(task, weights) for weights in (None, found))
        scores = SCORES[:, : task.size]
        by_row = torch.as_tensor(expected, dtype=torch.float32)[encoded[:, 0].long()]
        torch.testing.assert_close(weighted(scores, encoded), plain(scores, encoded) * by_row)


def test_a_label_is_balanced_against_its_absence() -> None:
    task, encoded = fit("multilabel", [["a"], ["b"], ["b"], ["b"]])
    weights = class_weights(task, encoded.numpy(), "balanced")
    assert weights == pytest.approx([3, 1 / 3])
    loss = build_loss(task, weights)(torch.zeros(4, 2), encoded)
    torch.testing.assert_close(loss, np.log(2) / 2 * torch.tensor([4, 4 / 3, 4 / 3, 4 / 3]))


def test_a_class_without_rows_is_weighed_1() -> None:
    task = tasks.get("classification").fit(LABELS)
    assert class_weights(task, task.encode(["a", "b"]), "balanced") == pytest.approx([2 / 3, 2 / 3, 1])


def test_named_weights() -> None:
    task, encoded = fit("classification", LABELS)
    assert class_weights(task, encoded.numpy(), {"b": 3}) == pytest.approx([1, 3, 1])
    assert class_weights(task, encoded.numpy(), None) is None


def test_weights_by_part() -> None:
    targets = {"topic": LABELS, "price": [1.0, 5.0, 2.0, 3.0, 9.0, 4.0]}
    task, encoded = fit("joint", targets, parts={"price": "regression"})
    for spec in ("balanced", {"topic": "balanced"}):
        weights: Any = class_weights(task, encoded.numpy(), spec)
        assert list(weights) == ["topic"]
        assert weights["topic"] == pytest.approx([2, 1, 2 / 3])
        build_loss(task, weights)


@pytest.mark.parametrize(
    ("name", "targets", "spec", "message"),
    [
        ("classification", LABELS, {"d": 1}, 'class weights: unknown label "d"; the classes are "a", "b", "c"'),
        ("classification", LABELS, {"a": -1}, "class weight a=-1; it must be a number, finite and not negative"),
        ("classification", LABELS, {"a": "2"}, "class weight a=2; it must be a number, finite and not negative"),
        ("classification", LABELS, dict.fromkeys("abc", 0), "every class weight is 0; at least one must be above 0"),
        ("classification", LABELS, "equal", 'class weights "equal"; use "balanced" or name a weight for each class'),
        ("regression", [1, 2], "balanced", "class weights for regression; it has no classes to weigh"),
        (
            "joint",
            {"topic": LABELS, "tone": LABELS},
            {"price": "balanced"},
            'class weights for "price", which is not a target; the targets are topic, tone',
        ),
    ],
)
def test_class_weights_that_cannot_be_used(name: str, targets: Any, spec: Any, message: str) -> None:
    task, encoded = fit(name, targets)
    with pytest.raises(ConfigError) as caught:
        class_weights(task, encoded.numpy(), spec)
    assert str(caught.value) == message


def test_weights_for_another_task_are_refused() -> None:
    label, number = tasks.get("classification").fit(LABELS), tasks.get("regression").fit([1, 2])
    joint = Joint({"label": label, "number": number})
    with pytest.raises(ConfigError, match="only a joint task has several targets"):
        build_loss(label, {"a": np.ones(3, dtype=np.float32)})
    with pytest.raises(ConfigError, match="has no classes to weigh"):
        build_loss(number, np.ones(3, dtype=np.float32))
    with pytest.raises(ConfigError, match="class weights by target"):
        build_loss(joint, np.ones(3, dtype=np.float32))
    with pytest.raises(ConfigError, match="it needs a regression"):
        losses.get("squared")(label)
    with pytest.raises(ConfigError, match='loss options for "price"'):
        build_loss(joint, parts={"price": {}})


@pytest.mark.parametrize(
    ("name", "targets", "fold"), [("multilabel", [["a"], ["b", "c"]], np.mean), ("ordinal", [1, 2, 3, 4], np.sum)]
)
def test_the_entropy_of_chances_is_that_of_scipy(name: str, targets: Any, fold: Any) -> None:
    found = build_loss(fit(name, targets)[0]).entropy(SCORES)
    yes = torch.sigmoid(SCORES).double().numpy()
    torch.testing.assert_close(found.double().numpy(), fold(entropy([yes, 1 - yes]), axis=1), rtol=1e-5, atol=1e-6)


def test_the_entropy_of_classes_is_that_of_scipy_and_numbers_have_the_same_whatever_they_are() -> None:
    found = build_loss(fit("classification", LABELS)[0]).entropy(SCORES)
    expected = entropy(torch.softmax(SCORES.double(), 1).numpy(), axis=1)
    torch.testing.assert_close(found.double().numpy(), expected, rtol=1e-5, atol=1e-6)
    assert not build_loss(Regression(mean=0, scale=1)).entropy(SCORES[:, :1]).any()


def test_the_entropy_of_joint_targets_is_the_weighted_sum() -> None:
    targets = {"topic": LABELS, "price": [1.0, 5.0, 2.0, 3.0, 9.0, 4.0]}
    task, _ = fit("joint", targets, parts={"price": "regression"}, weights={"topic": 0.25})
    found = build_loss(task).entropy(torch.cat([SCORES, SCORES[:, :1]], dim=1))
    torch.testing.assert_close(found, 0.25 * build_loss(fit("classification", LABELS)[0]).entropy(SCORES))
