"""Every registered task, and its loss, against the same promises. A new task adds its case here."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions import Bernoulli, Categorical, kl_divergence

from reread.errors import ConfigError, DataError
from reread.insight.audit.judges import judges
from reread.insight.report.outcomes import outcomes
from reread.monitoring.figures import answer_kinds
from reread.tasks import Task, task_from_config, tasks
from reread.tasks.class_task import ClassTask, has_classes
from reread.tasks.single_label import SingleLabelTask
from reread.train.losses import build_loss, class_weights, losses
from support.task_cases import CASES, PLAIN, Case, perfect_scores

ROWS = 5
PERFECT = {"log_loss": 0.0, "calibration_error": 0.0, "mae": 0.0, "rmse": 0.0}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture
def task(case: Case) -> Task:
    return tasks.get(case.task).fit(case.targets, **case.options)


def rows_of(targets: Any) -> list[Any]:
    if not isinstance(targets, dict):
        return list(targets)
    return [dict(zip(targets, row, strict=True)) for row in zip(*targets.values(), strict=True)]


def assert_same(found: Any, expected: Any) -> None:
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            assert_same(found[name], value)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, abs=1e-6)
    else:
        assert type(found) is type(expected)
        assert found == expected


def test_every_task_has_a_case() -> None:
    assert {case.task for case in CASES.values()} == set(tasks) == set(PLAIN)


def test_every_task_names_a_loss_and_every_loss_is_named() -> None:
    assert {tasks.get(case.task).fit(case.targets, **case.options).loss for case in CASES.values()} == set(losses)


def test_every_outcome_that_a_task_names_is_known_to_every_room_that_asks_for_it() -> None:
    named = {tasks.get(name).outcome for name in tasks} - {None}
    assert named == set(outcomes) == set(answer_kinds) == set(judges)


def test_a_task_keeps_the_promises_of_what_it_says_it_can(case: Case, task: Task) -> None:
    assert has_classes(task) == isinstance(task, ClassTask)
    assert task.can_abstain == isinstance(task, SingleLabelTask)
    assert (task.outcome is None) == bool(task.parts)
    scores = perfect_scores(task, case.targets)
    assert (task.residuals(case.targets, scores).size > 0) == (task.residual_kind is not None)
    assert (task.confidence(scores) is not None) == task.can_abstain
    assert len(task.decided) == len(task.thresholds) or not task.thresholds.size


def test_a_split_keeps_the_classes_of_tasks_with_one_a_text(case: Case, task: Task) -> None:
    encoded = task.encode(case.targets)
    strata = task.stratum(encoded)
    assert (strata is None) is not task.can_abstain
    assert strata is None or np.array_equal(strata, encoded[:, 0])


def test_scores_restated_for_an_equal_task_are_the_same(task: Task) -> None:
    scores = np.random.default_rng(0).normal(size=(ROWS, task.size))
    again = task_from_config(task.to_config())
    assert again.answer_space() == task.answer_space()
    np.testing.assert_allclose(task.restated(scores, again), scores, rtol=1e-12)


def test_widths_are_as_promised(case: Case, task: Task) -> None:
    encoded = task.encode(case.targets)
    assert encoded.shape == (ROWS, task.target_width)
    assert encoded.dtype == np.float32
    assert perfect_scores(task, case.targets).shape == (ROWS, task.size)


def test_perfect_scores_are_answered_with_the_targets(case: Case, task: Task) -> None:
    for found, target in zip(task.predict(perfect_scores(task, case.targets)), rows_of(case.targets), strict=True):
        assert_same(found, target)


def test_perfect_scores_have_perfect_metrics(case: Case, task: Task) -> None:
    found = task.metrics(case.targets, perfect_scores(task, case.targets))
    assert next(iter(found)) == task.headline
    for name, figure in found.items():
        assert figure == pytest.approx(PERFECT.get(name.rpartition(".")[2], 1.0), abs=1e-6), name


def test_worse_scores_have_a_worse_headline(case: Case, task: Task) -> None:
    scores = perfect_scores(task, case.targets)
    good, bad = (task.metrics(case.targets, rows)[task.headline] for rows in (scores, -scores))
    assert (good > bad) == task.higher_is_better
    assert good != bad


def test_weights_of_rows_leave_rows_out(case: Case, task: Task) -> None:
    scores = perfect_scores(task, case.targets)
    scores[0] = -scores[0] - 1
    assert task.metrics(case.targets, scores)[task.headline] != pytest.approx(
        task.metrics(case.targets, scores, [0, 1, 1, 1, 1])[task.headline]
    )


def test_the_configuration_builds_a_task_that_answers_the_same(case: Case, task: Task) -> None:
    scores = np.random.default_rng(0).normal(size=(50, task.size))
    again = task_from_config(json.loads(json.dumps(task.to_config(), allow_nan=False)))
    assert type(again) is type(task)
    assert again.to_config() == task.to_config()
    assert again.columns(scores) == task.columns(scores)
    assert (again.encode(case.targets) == task.encode(case.targets)).all()
    assert (again.headline, again.higher_is_better) == (task.headline, task.higher_is_better)
    assert repr(again) == repr(task)


@pytest.mark.parametrize("rows", [0, 1, 7])
def test_columns_have_one_value_per_row(task: Task, rows: int) -> None:
    scores = np.random.default_rng(0).normal(size=(rows, task.size)).astype(np.float32)
    columns = task.columns(scores)
    assert {len(values) for values in columns.values()} == {rows}
    assert next(iter(columns)).rpartition(".")[2] == "prediction"
    assert len(task.predict(scores)) == rows
    json.dumps(columns, allow_nan=False)


def test_probabilities_lie_between_0_and_1(task: Task) -> None:
    found = task.probabilities(np.random.default_rng(0).normal(size=(20, task.size)) * 100)
    if found is not None:
        assert len(found) == 20
        assert ((found >= 0) & (found <= 1)).all()


def test_one_class_only_is_an_error(case: Case) -> None:
    with pytest.raises(DataError) as caught:
        tasks.get(case.task).fit(case.hopeless, **case.options)
    assert "\n" not in str(caught.value)


def test_scores_of_another_width_are_an_error(task: Task) -> None:
    with pytest.raises(DataError, match=f"this {task.name} needs"):
        task.predict(np.zeros((2, task.size + 1)))


def test_targets_and_scores_of_different_rows_are_an_error(case: Case, task: Task) -> None:
    with pytest.raises(DataError, match="one target per row"):
        task.metrics(case.targets, np.zeros((ROWS - 1, task.size)))


@given(st.integers(0, 2**32 - 1))
def test_metrics_of_any_row_are_numbers_or_nan_without_a_warning(seed: int) -> None:
    random = np.random.default_rng(seed)
    for case in CASES.values():
        task = tasks.get(case.task).fit(case.targets, **case.options)
        target = rows_of(case.targets)[seed % ROWS]
        found = task.metrics([target], random.normal(size=(1, task.size)))
        assert all(isinstance(figure, float) and not math.isinf(figure) for figure in found.values())


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1.0, 1e4]))
def test_the_log_likelihood_is_that_of_the_chances_and_finite_where_they_are_0(seed: int, spread: float) -> None:
    random = np.random.default_rng(seed)
    for case in CASES.values():
        task = tasks.get(case.task).fit(case.targets, **case.options)
        if not isinstance(task, ClassTask):
            continue
        scores, encoded = spread * random.normal(size=(ROWS, task.size)), task.encode(case.targets)
        logs, found = task.log_likelihood(encoded, scores), task.probabilities(scores)
        if len(task.classes) == encoded.shape[1]:  # labels, each on its own
            expected = np.where(encoded > 0, found, 1 - found)
        else:
            expected = np.take_along_axis(found, encoded.astype(int), axis=1)
        assert np.isfinite(logs).all()
        np.testing.assert_allclose(np.exp(logs), expected, atol=1e-12)


def chances(task: Any, scores: np.ndarray) -> np.ndarray:
    """What a mix averages: the probabilities, the numbers with their quantiles, or those of every part."""
    if task.name == "joint":
        return np.hstack([chances(task.parts[name], scores[:, own]) for name, own in task.slices().items()])
    if task.name == "regression":
        return np.array(list(task.columns(scores).values())).T
    return np.asarray(task.probabilities(scores))


def test_certain_targets_are_on_average_the_soft_ones(task: Task) -> None:
    """So is their loss, which is an average over what may be true."""
    if not has_classes(task):
        return
    random, count = np.random.default_rng(0), len(task.classes)
    certain = task.certain(np.eye(count, dtype=np.float32)[:1])
    assert [len(each) for each in certain] == [1, 1, 1]
    if isinstance(task, SingleLabelTask):
        soft = (1 + random.multinomial(20 - count, np.ones(count) / count, ROWS)) / np.float32(20)
    else:
        soft = random.integers(0, 21, (ROWS, count)) / np.float32(20)
    rows, targets, parts = task.certain(soft)
    assert targets.shape == (len(rows), task.target_width)
    assert np.bincount(rows, parts) == pytest.approx(np.ones(ROWS), abs=1e-5)
    true = targets == np.arange(count) if isinstance(task, SingleLabelTask) else targets > 0
    average = np.stack([np.bincount(rows, parts * true[:, label]) for label in range(count)], axis=1)
    assert average == pytest.approx(soft, abs=1e-5)


def test_a_class_that_is_hardly_likely_is_not_read_for(task: Task) -> None:
    if isinstance(task, SingleLabelTask):
        soft = np.array([[0.01] + [0.99 / (len(task.classes) - 1)] * (len(task.classes) - 1)], np.float32)
        rows, targets, parts = task.certain(soft)
        assert len(rows) == len(task.classes) - 1
        assert 0 not in targets[:, 0]
        assert parts.sum() == pytest.approx(1)


@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 30, 1000]), st.floats(0, 1))
def test_a_mix_answers_with_the_weighted_average(seed: int, spread: float, share: float) -> None:
    random = np.random.default_rng(seed)
    weights = random.dirichlet(np.ones(3)) * (1 - share) + share * np.eye(3)[seed % 3]
    for case in CASES.values():
        task = tasks.get(case.task).fit(case.targets, **case.options)
        scores = random.normal(size=(3, ROWS, task.size)) * spread
        mixed = task.mix(list(scores), weights)
        assert mixed.shape == (ROWS, task.size)
        assert np.isfinite(mixed).all()
        average = sum(weight * chances(task, own) for weight, own in zip(weights, scores, strict=True))
        np.testing.assert_allclose(chances(task, mixed), average, rtol=1e-9, atol=1e-12)


def test_a_model_mixed_with_itself_or_with_weight_1_answers_as_it_does(task: Task) -> None:
    random = np.random.default_rng(0)
    own, other = random.normal(size=(2, 20, task.size)) * 5
    for scores, weights in (([own, own], [0.3, 0.7]), ([own, other * np.nan], [1, 0]), ([own], [1])):
        mixed = task.mix(scores, weights)
        np.testing.assert_allclose(chances(task, mixed), chances(task, own), rtol=1e-12)
        assert_same(dict(enumerate(task.predict(mixed))), dict(enumerate(task.predict(own))))


@pytest.mark.parametrize("weights", [[1], [0.5, 0.4], [1.5, -0.5], [math.nan, 1], [[0.5, 0.5]], []])
def test_weights_of_a_mix_that_are_none_are_an_error(task: Task, weights: list[Any]) -> None:
    scores = np.zeros((2, ROWS, task.size))
    with pytest.raises(ConfigError, match="blend weights"):
        task.mix(list(scores), weights)


def test_scores_of_a_mix_must_be_of_the_same_rows(task: Task) -> None:
    with pytest.raises(DataError, match=r"scores of \[5, 4\] rows"):
        task.mix([np.zeros((5, task.size)), np.zeros((4, task.size))], [0.5, 0.5])


def loss_of(task: Task, scores: Any, targets: Any, spec: Any = None) -> torch.Tensor:
    encoded = task.encode(targets)
    loss = build_loss(task, class_weights(task, encoded, spec))
    found: torch.Tensor = loss(torch.as_tensor(scores, dtype=torch.float32), torch.from_numpy(encoded))
    return found


def test_a_loss_is_finite_not_negative_and_smaller_for_better_scores(case: Case, task: Task) -> None:
    scores = perfect_scores(task, case.targets)
    good, middling, bad = (loss_of(task, share * scores, case.targets) for share in (1, 0.1, -1))
    for found in (good, middling, bad):
        assert found.shape == (ROWS,)
        assert torch.isfinite(found).all()
        assert (found >= 0).all()
    assert good.sum() < middling.sum() < bad.sum()
    assert (good <= bad).all()


def test_a_divergence_is_0_at_its_answer_alone_and_rises_away_from_it(task: Task) -> None:
    loss, generator = build_loss(task), torch.Generator().manual_seed(0)
    answer, way = torch.randn(2, 50, task.size, generator=generator) * 2
    away = [loss.divergence(answer + step * way, answer) for step in (0.0, 0.1, 1.0, 30.0)]
    torch.testing.assert_close(away[0], torch.zeros(50), rtol=0, atol=1e-6)
    assert all((near < far).all() for near, far in pairwise(away))
    assert torch.isfinite(away[-1]).all()


@pytest.mark.parametrize("name", ["classification", "multilabel", "ordinal"])
def test_a_divergence_is_that_of_the_distributions(name: str) -> None:
    case = CASES[name]
    task = tasks.get(case.task).fit(case.targets, **case.options)
    scores, answer = torch.randn(2, 4, task.size, generator=torch.Generator().manual_seed(1))
    if name == "classification":
        given, found = Categorical(logits=answer), Categorical(logits=scores)
    else:
        given, found = Bernoulli(logits=answer), Bernoulli(logits=scores)
    expected = kl_divergence(given, found)
    expected = {"multilabel": expected.mean(-1), "ordinal": expected.sum(-1)}.get(name, expected)
    torch.testing.assert_close(build_loss(task).divergence(scores, answer), expected)


@pytest.mark.parametrize("weights", [[1.0, 1.0, 1.0, 1.0, 1.0], [3.0, 1.0, 1.0, 1.0, 2.0]])
@pytest.mark.parametrize("spec", [None, "balanced"])
def test_no_constant_scores_have_less_loss_than_the_prior_ones(
    case: Case, task: Task, weights: list[float], spec: str | None
) -> None:
    if case.task == "regression":
        spec = None  # there are no classes to weigh
    encoded, counts = task.encode(case.targets), np.array(weights)
    each = class_weights(task, encoded, spec)
    prior = task.prior_scores(encoded, counts, each)
    assert prior.shape == (task.size,)
    loss = build_loss(task, each).double()

    def total(scores: np.ndarray) -> float:
        found = loss(torch.from_numpy(np.tile(scores, (ROWS, 1))), torch.from_numpy(encoded).double())
        return float((found * torch.from_numpy(counts)).sum())

    for way in [*np.eye(task.size), *-np.eye(task.size)]:
        for step in (0.01, 0.3):
            assert total(prior) <= total(prior + step * way) + 1e-6


def test_prior_scores_answer_with_the_shares() -> None:
    labels = ["b"] * 6 + ["a"] * 3 + ["c"]
    for name, options in {"classification": {}, "ordinal": {"order": ["c", "a", "b"]}}.items():
        task = tasks.get(name).fit(labels, **options)
        found = task.probabilities([task.prior_scores(task.encode(labels), np.ones(10))])
        shares = {"a": 0.3, "b": 0.6, "c": 0.1}
        np.testing.assert_allclose(found, [[shares[label] for label in task.classes]])  # type: ignore[attr-defined]
    several = tasks.get("multilabel").fit([["a"], ["b"], ["c"]])
    prior = several.prior_scores(several.encode([["a"], [], ["a", "b"], ["a"]]), np.ones(4))
    np.testing.assert_allclose(several.probabilities([prior]), [[3 / 4, 1 / 4, 1 / 9]])


@pytest.mark.parametrize(
    ("name", "known", "seen", "expected"),
    [
        ("classification", ["a", "b", "c"], ["b", "b"], [1 / 6, 4 / 6, 1 / 6]),
        ("ordinal", ["a", "b", "c"], ["b", "b"], [1 / 6, 4 / 6, 1 / 6]),
        ("multilabel", [["a"], ["b"]], [["b"], ["b"]], [1 / 5, 4 / 5]),
    ],
)
def test_a_class_that_no_row_has_is_taken_for_half_a_row(
    name: str, known: list[Any], seen: list[Any], expected: list[float]
) -> None:
    task = tasks.get(name).fit(known)
    prior = task.prior_scores(task.encode(seen), np.ones(2))
    np.testing.assert_allclose(task.probabilities([prior]), [expected])


@pytest.mark.parametrize(
    ("loss", "expected"), [("squared", [22.0]), ("absolute", [3.0]), ("quantile", [1.0, 3.0, 100.0])]
)
def test_prior_scores_of_numbers_are_what_the_loss_asks_for(loss: str, expected: list[float]) -> None:
    values = [1.0, 2.0, 3.0, 4.0, 100.0]
    task = tasks.get("regression").fit(values, loss=loss)
    prior = task.prior_scores(task.encode(values), np.ones(5))
    np.testing.assert_allclose(prior * task.scale + task.mean, expected, rtol=1e-5)  # type: ignore[attr-defined]


def test_a_gradient_reaches_every_score(case: Case, task: Task) -> None:
    scores = torch.randn(ROWS, task.size, generator=torch.Generator().manual_seed(0)).requires_grad_()
    encoded = torch.from_numpy(task.encode(case.targets))
    build_loss(task)(scores, encoded).sum().backward()
    assert scores.grad is not None
    assert (scores.grad != 0).all()


def test_a_text_has_the_same_loss_alone(case: Case, task: Task) -> None:
    scores = np.random.default_rng(0).normal(size=(ROWS, task.size))
    together = loss_of(task, scores, case.targets)
    loss, encoded = build_loss(task), torch.from_numpy(task.encode(case.targets))
    alone = [loss(torch.as_tensor(scores[k : k + 1], dtype=torch.float32), encoded[k : k + 1]) for k in range(ROWS)]
    torch.testing.assert_close(torch.cat(alone), together)


def test_a_step_downhill_makes_the_loss_smaller(case: Case, task: Task) -> None:
    scores = torch.randn(ROWS, task.size, generator=torch.Generator().manual_seed(1)).requires_grad_()
    loss, encoded = build_loss(task), torch.from_numpy(task.encode(case.targets))
    before = loss(scores, encoded).sum()
    before.backward()
    assert scores.grad is not None
    with torch.no_grad():
        after = loss(scores - 1e-3 * scores.grad, encoded).sum()
    assert after < before


def test_scores_in_half_precision_have_a_finite_loss(case: Case, task: Task) -> None:
    scores = torch.zeros(ROWS, task.size, dtype=torch.bfloat16)
    assert torch.isfinite(build_loss(task)(scores, torch.from_numpy(task.encode(case.targets)))).all()


def test_an_aim_rises_with_what_speaks_for_the_answer(task: Task) -> None:
    scores = np.random.default_rng(0).normal(size=task.size)
    aim = task.aim(scores)
    assert aim.weights.shape == (task.size,)
    assert aim.name
    assert aim.unit
    assert aim.of([scores + aim.weights])[0] > aim.of([scores])[0]


def test_the_first_aim_of_all_is_the_aim(task: Task) -> None:
    for scores in np.random.default_rng(0).normal(size=(5, task.size)):
        aims, aim = task.aims(scores), task.aim(scores)
        assert aims[0].name == aim.name
        assert all(np.any(each.weights) for each in aims)
        assert len({each.name for each in aims}) == len(aims)


def test_an_aim_of_a_target_that_there_is_not_is_an_error(task: Task) -> None:
    with pytest.raises(ConfigError):
        task.aim(np.zeros(task.size), "no such target")
