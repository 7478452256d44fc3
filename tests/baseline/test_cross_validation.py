"""No text is answered by a model that has seen it, and the strength is chosen by that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reread.baseline import cross_validation
from reread.baseline.cross_validation import CrossValidated, Examples, _best, _losses, cross_validate
from reread.baseline.features import Features
from reread.baseline.fitters import Problem, problems_of
from reread.baseline.fitters.base import CHANCES, pairs
from reread.baseline.folds import folds_of
from reread.data.split import text_keys
from reread.kernel.linear import LinearLoss
from reread.tasks import tasks
from support.linear import ones

ROWS = 60


def memorable() -> tuple[list[str], list[str]]:
    """Texts of words that stand in no other, each text twice, with a label by chance: to know it is to have seen it."""
    labels = np.random.default_rng(0).choice(["a", "b"], ROWS // 2).tolist()
    texts = [f"w{row}x v{row}y" for row in range(ROWS // 2)]
    return texts + [text.upper() for text in texts], labels * 2


def examples_of(texts: list[str], labels: list[str], **options: Any) -> Examples:
    task = tasks.get("classification").fit(labels)
    targets, weights = task.encode(labels), options.pop("weights", ones(len(texts)))
    return Examples(
        features=Features.learn(texts, "en", 10_000),
        problems=lambda rows: problems_of(task, targets[rows], weights[rows]),
        weights=weights,
        **options,
    )


def right(found: CrossValidated, labels: list[str]) -> float:
    """The share of texts that get their label."""
    return float(np.mean((found.scores[:, 1] > found.scores[:, 0]) == (np.array(labels) == "b")))


def own_fold() -> NDArray[np.int64]:
    fold = folds_of(text_keys(memorable()[0]), memorable()[1])
    assert fold is not None
    return fold


def test_no_text_is_answered_by_a_model_that_has_seen_it_or_an_equal_one() -> None:
    texts, labels = memorable()
    share = max(labels.count("a"), labels.count("b")) / ROWS
    assert right(cross_validate(examples_of(texts, labels), own_fold(), [{"logistic": [64.0]}]), labels) <= share
    leaking = np.repeat([0, 1], ROWS // 2)  # equal texts on both sides
    assert right(cross_validate(examples_of(texts, labels), leaking, [{"logistic": [64.0]}]), labels) == 1


@pytest.mark.parametrize(
    ("name", "known"),
    [("classification", {"softmax": [1.0], "squared_hinge": [2.0]}), ("regression", {"squared": [1.0]})],
)
def test_a_target_changes_no_score_of_its_own_fold_to_the_bit(name: str, known: Any) -> None:
    texts, fold = memorable()[0], own_fold()
    values = np.random.default_rng(1).integers(0, 3, ROWS)
    others = np.where(fold == 2, (values + 1) % 3, values)
    task = tasks.get(name).fit([0, 1, 2])
    found = []
    for given in (values, others):
        targets = task.encode(given.tolist())
        examples = replace(
            examples_of(*memorable()), problems=lambda rows, of=targets: problems_of(task, of[rows], ones(len(rows)))
        )
        found.append(cross_validate(examples, fold, [known]).scores)
    assert np.array_equal(found[0][fold == 2], found[1][fold == 2])
    assert not np.isclose(found[0][fold != 2], found[1][fold != 2]).any(axis=1).all()
    assert len(texts) == len(found[0])


def problem(**changes: Any) -> Problem:
    targets = np.array([[1], [0]], np.float32)
    own = {"loss": "logistic", "targets": targets, "start": np.zeros(1, np.float32), "strengths": CHANCES, "usual": 1.0}
    return Problem(**{**own, "members": pairs(np.zeros(2, np.int64)), "sides": 1, **changes})


def test_the_first_strength_before_the_loss_rises_is_taken_and_no_later_one_is_tried() -> None:
    tried: list[float] = []

    def answers(loss: LinearLoss, strength: float) -> NDArray[np.float32]:
        assert loss == "logistic"
        tried.append(strength)
        right = {1.0: 0.5, 2.0: 1.0, 3.0: 0.8, 4.0: 9.0}[strength]
        return np.array([[right], [-right]], np.float32)

    best = _best(problem(strengths=(1.0, 2.0, 3.0, 4.0)), ones(2), answers)
    assert (best.chosen, tried) == ({"logistic": [2.0]}, [1.0, 2.0, 3.0])
    assert best.scores.tolist() == [[1.0], [-1.0]]


def test_texts_count_by_their_weight_when_a_strength_is_chosen() -> None:
    def answers(_: LinearLoss, strength: float) -> NDArray[np.float32]:
        return np.full((2, 1), strength, np.float32)  # ever better for the first text, worse for the second

    own = problem(strengths=(0.1, 0.2, 0.3))
    assert _best(own, np.array([9, 1], np.float32), answers).chosen == {"logistic": [0.3]}
    assert _best(own, np.array([1, 9], np.float32), answers).chosen == {"logistic": [0.1]}


def test_a_model_that_ranks_well_is_not_left_for_one_that_says_nothing() -> None:
    """The stronger loss is right on three texts of four and far too sure; its loss alone is the higher one."""
    own = problem(
        strengths=(1.0, 2.0), targets=np.array([[1], [1], [1], [1]], np.float32), members=pairs(np.zeros(4, np.int64))
    )
    said = {1.0: np.zeros((4, 1), np.float32), 2.0: np.array([[9], [9], [9], [-9]], np.float32)}
    assert own.losses(said[2.0]).mean() > own.losses(said[1.0]).mean()
    assert _best(own, ones(4), lambda _, strength: said[strength]).chosen == {"logistic": [2.0]}


def test_each_separate_label_takes_the_strength_that_is_best_for_it() -> None:
    own = problem(
        strengths=(1.0, 2.0, 3.0, 4.0), targets=np.array([[1, 1], [1, 1]], np.float32), start=np.zeros(2, np.float32)
    )
    right = {1.0: (3, 1), 2.0: (2, 2), 3.0: (1, 3), 4.0: (0, 2)}
    best = _best(own, ones(2), lambda _, strength: np.array([right[strength]] * 2, np.float32))
    assert best.chosen == {"logistic": [1.0, 3.0]}
    assert best.scores.tolist() == [[3.0, 3.0]] * 2


THREE = np.array([[0], [1], [2], [0], [1], [2]], np.float32)


def of_three(right: float, *wrong: int) -> NDArray[np.float32]:
    """Scores of `THREE`: so much for the right class, and for the next one in the texts that are wrong."""
    scores = np.zeros((len(THREE), 3), np.float32)
    classes = THREE[:, 0].astype(int)
    classes[list(wrong)] = (classes[list(wrong)] + 1) % 3
    scores[np.arange(len(THREE)), classes] = right
    return scores


@pytest.mark.parametrize(
    ("softmax", "hinge", "mean"),
    [
        (of_three(1.0, 0), of_three(3.0, 1), True),  # less loss
        (of_three(3.0, 0), of_three(9.0, 1, 2, 3, 4), False),  # more
        (of_three(2.0), of_three(2.0), False),  # the same, and as many right
    ],
)
def test_the_mean_of_two_losses_is_taken_where_it_answers_better(softmax: Any, hinge: Any, *, mean: bool) -> None:
    own = problem(
        loss="softmax", targets=THREE, start=np.zeros(3, np.float32), strengths=(4.0,),
        members=pairs(np.arange(6) % 3), sides=3, others={"squared_hinge": (1.0,)},
    )  # fmt: skip
    best = _best(own, ones(6), lambda loss, _: softmax if loss == "softmax" else hinge)
    assert best.chosen == {"softmax": [4.0], **({"squared_hinge": [1.0]} if mean else {})}
    np.testing.assert_allclose(best.scores, (softmax + hinge) / 2 if mean else softmax)


def test_a_loss_that_texts_cannot_tell_from_the_own_one_leaves_it_to_the_number_of_right_answers() -> None:
    random = np.random.default_rng(0)
    classes = random.integers(0, 3, 300)
    scores = random.normal(size=(300, 3)).astype(np.float32)
    scores[np.arange(300), classes] += 2
    wrong = np.flatnonzero(scores.argmax(axis=1) != classes)[:3]
    nearly = scores.copy()
    nearly[wrong, classes[wrong]] = scores[wrong].max(axis=1) + 0.01  # a little more right,
    sure = np.flatnonzero(scores.argmax(axis=1) == classes)[:60]
    nearly[sure] *= 0.9  # and a little less sure
    own = problem(
        loss="softmax", targets=classes[:, None].astype(np.float32), start=np.zeros(3, np.float32), strengths=(4.0,),
        members=pairs(classes), sides=3, others={"squared_hinge": (1.0,)},
    )  # fmt: skip
    hinge = 2 * nearly - scores  # so that the mean is `nearly`
    best = _best(own, ones(300), lambda loss, _: scores if loss == "softmax" else hinge)
    lower = own.losses(scores).mean() < own.losses(nearly).mean()
    assert set(best.chosen) == {"softmax", "squared_hinge"}, f"with a loss that is {'higher' if lower else 'lower'}"


@pytest.mark.parametrize("noise", [0.0, 0.45])
def test_the_strength_with_the_least_loss_of_held_out_texts_is_chosen(noise: float) -> None:
    random = np.random.default_rng(2)
    labels = random.choice(["a", "b"], 200)
    wrong = random.random(200) < noise
    texts = [
        f"{'good' if (label == 'a') != flip else 'bad'} n{k}"
        for k, (label, flip) in enumerate(zip(labels, wrong, strict=True))
    ]
    examples = examples_of(texts, labels.tolist())
    fold = folds_of(text_keys(texts), None)
    assert fold is not None
    found = cross_validate(examples, fold)
    [own] = examples.problems(np.arange(200))
    losses = [
        _losses(own, cross_validate(examples, fold, [{"logistic": [each]}]).scores[:, 1:], ones(200)).mean()
        for each in own.strengths
    ]
    [strength] = found.chosen[0]["logistic"]
    rises = next((k for k in range(1, len(losses)) if losses[k] >= losses[k - 1]), len(losses))
    assert abs(own.strengths.index(strength) - (rises - 1)) <= 1  # each went its own way toward the minimum
    assert (strength > 8) == (noise == 0)


def test_a_fold_s_features_are_weighed_by_the_other_folds_targets_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int]] = []
    scales = Features.scales

    def watched(self: Features, rows: NDArray[np.int64], problems: Any, weights: Any) -> Any:
        seen.append((len(rows), len(problems[0].targets)))
        return scales(self, rows, problems, weights)

    monkeypatch.setattr(cross_validation.Features, "scales", watched)
    fold = np.arange(ROWS) % 3
    cross_validate(examples_of(*memorable()), fold, [{"logistic": [1.0]}])
    assert seen == [(40, 40)] * 3


def test_threads_and_repetition_change_no_bit() -> None:
    found = [
        cross_validate(examples_of(*memorable(), threads=threads, seed=seed), own_fold())
        for threads, seed in ((1, 0), (1, 0), (2, 0), (5, 0), (1, 1))
    ]
    assert all(np.array_equal(each.scores, found[0].scores) for each in found[1:4])
    assert all(each.chosen == found[0].chosen for each in found[:4])
    assert not np.array_equal(found[4].scores, found[0].scores)


def test_some_of_the_examples_are_examples_of_their_own() -> None:
    examples, rows = examples_of(*memorable()), np.array([30, 2, 31, 5, 7])
    some = examples.take(rows)
    [few], [all_of_them] = some.problems(np.array([0, 3])), examples.problems(np.arange(ROWS))
    assert np.array_equal(few.targets, all_of_them.targets[rows[[0, 3]]])
    assert len(some.weights) == len(some.features.counts[0]) == 5


def test_every_problem_of_a_joint_task_has_its_own_strength() -> None:
    texts, labels = memorable()
    told = [f"{text} {'up' if k % 2 else 'down'}" for k, text in enumerate(texts)]
    targets = {"chance": labels, "told": [float(k % 2) for k in range(ROWS)]}
    task = tasks.get("joint").fit(targets)
    encoded = task.encode(targets)
    examples = replace(
        examples_of(told, labels), problems=lambda rows: problems_of(task, encoded[rows], ones(len(rows)))
    )
    found = cross_validate(examples, np.arange(ROWS) % 30 % 3)
    assert found.scores.shape == (ROWS, task.size)
    [by_chance], [told_by_words] = (strengths for each in found.chosen for strengths in each.values())
    assert by_chance in CHANCES
    assert told_by_words in CHANCES[4:]
    assert len(found.platt_scaling) == 2
