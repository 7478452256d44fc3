"""The linear member as a whole."""

from __future__ import annotations

import pickle
import time
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from reread.baseline import choosing, limits, solving, sparse
from reread.baseline.cross_validation import Solution
from reread.baseline.features import Features
from reread.baseline.fitters.base import CHANCES, USUAL_FOR_CHANCES
from reread.baseline.training import LinearFit, fit_linear
from reread.kernel import load
from reread.tasks import Task, tasks
from support.linear import FOLD, LABELS, TARGETS, TEXTS, fitted, ones, solution

NEW = ["a good, boring film", "nothing known here", "", "👩 \ud800"]


def test_every_task_is_tried() -> None:
    assert set(TARGETS) == set(tasks)


@pytest.mark.parametrize("name", sorted(TARGETS))
@pytest.mark.parametrize("fold", [FOLD, None])
def test_a_model_learns_what_it_is_shown(name: str, fold: NDArray[np.int64] | None) -> None:
    task, fit = fitted(name, fold=fold)
    value = task.metrics(TARGETS[name][0], fit.model.scores(TEXTS))[task.headline]
    assert value > 0.8 if task.higher_is_better else value < 0.5
    assert fit.out_of_fold.shape == (24, task.size)
    assert fit.model.weights.dtype == fit.model.intercept.dtype == fit.out_of_fold.dtype == np.float32
    assert len(fit.model.chosen) == (2 if name == "joint" else 1)
    assert {
        "rows", "features", "chosen", "platt_scaling", "vectors", "limits", "seconds",
    } == set(fit.model.facts)  # fmt: skip
    assert (fit.model.facts["rows"], fit.model.facts["features"]) == (24, len(fit.model.weights))


def test_scores_are_those_of_scikit_learn_where_n_grams_tell_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Features, "scales", lambda self, *_: [_inverse(counts) for counts in self.counts])
    monkeypatch.setattr("reread.baseline.features.SPACED", ("characters",))
    _, fit = fitted(known=solution("classification", [10.0]))
    normalise = fit.model.known[0]._encoder.normalise  # type: ignore[attr-defined]  # the same text
    vectoriser = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), preprocessor=normalise, sublinear_tf=True)
    matrix = vectoriser.fit_transform(TEXTS)
    peer = LogisticRegression(C=10.0, intercept_scaling=1.0, solver="liblinear", tol=1e-6).fit(matrix, LABELS)
    scores = fit.model.scores(NEW[:3])
    assert np.allclose(scores[:, 1] - scores[:, 0], peer.decision_function(vectoriser.transform(NEW[:3])), atol=0.05)


def _inverse(counts: sparse.SparseRows) -> NDArray[np.float32]:
    from reread.baseline.weighing import inverse_frequencies  # noqa: PLC0415

    return inverse_frequencies(counts)


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_the_same_data_and_seed_give_the_same_bits_with_any_threads(name: str) -> None:
    fits = [fitted(name, fold=FOLD, threads=threads, seed=7)[1] for threads in (1, 1, 2)]
    for each in fits[1:]:
        assert np.array_equal(each.out_of_fold, fits[0].out_of_fold)
        assert each.model.arrays().keys() == fits[0].model.arrays().keys()
        assert all(np.array_equal(array, fits[0].model.arrays()[key]) for key, array in each.model.arrays().items())
        assert each.model.chosen == fits[0].model.chosen
    assert not np.array_equal(fitted(name, seed=8)[1].model.weights, fitted(name, seed=7)[1].model.weights)


def test_an_answer_does_not_depend_on_the_texts_beside_it() -> None:
    _, fit = fitted()
    every = fit.model.scores([*TEXTS, *NEW])
    for row, text in enumerate([*TEXTS, *NEW]):
        assert np.array_equal(fit.model.scores([text])[0], every[row])


def test_no_texts_and_texts_of_nothing_known() -> None:
    task, fit = fitted()
    assert fit.model.scores([]).shape == (0, task.size)
    for compiled in (True, False):
        found = fit.model.scores(["", "\n", "ωψφ", "龍"], compiled=compiled)
        assert np.array_equal(found, np.tile(fit.model.intercept, (4, 1)))


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_without_folds_the_scores_of_no_text_are_answered(name: str) -> None:
    task, fit = fitted(name)
    assert (fit.out_of_fold == fit.out_of_fold[0]).all()
    prior = task.prior_scores(task.encode(TARGETS[name][0]), ones(24))
    if name == "classification":
        assert np.diff(fit.out_of_fold[0]) == pytest.approx(np.diff(prior), abs=1e-6)
    else:
        assert fit.out_of_fold[0] == pytest.approx(prior if name != "joint" else fit.out_of_fold[0], abs=1e-6)
    assert fitted(known=solution("classification", [3.0]))[1].model.chosen == solution("classification", [3.0]).chosen


@pytest.mark.parametrize("fold", [FOLD, None])
def test_texts_are_answered_out_of_fold_only_if_that_is_asked_for(fold: NDArray[np.int64] | None) -> None:
    asked, unasked = (fitted(fold=fold, out_of_fold=each)[1] for each in ("best", "unasked"))
    assert asked.out_of_fold is not None
    assert unasked.out_of_fold is None
    assert fitted(fold=fold, known=solution("classification", [2.0]), out_of_fold="unasked")[1].out_of_fold is None
    assert np.array_equal(asked.model.weights, unasked.model.weights)
    assert asked.model.chosen == unasked.model.chosen


def test_labels_have_strengths_of_their_own() -> None:
    """Each is learned as if it were alone."""
    _, fit = fitted("multilabel", known=solution("multilabel", [0.5, 16.0]))
    for strength, column in ((0.5, 0), (16.0, 1)):
        _, alone = fitted("multilabel", known=solution("multilabel", [strength]))
        np.testing.assert_allclose(fit.model.scores(TEXTS)[:, column], alone.model.scores(TEXTS)[:, column], atol=0.05)
    own = fitted("multilabel", known=solution("multilabel", [0.5, 16.0]), fold=FOLD)[1].out_of_fold
    for strength, column in ((0.5, 0), (16.0, 1)):
        each = fitted("multilabel", known=solution("multilabel", [strength]), fold=FOLD)[1].out_of_fold
        np.testing.assert_allclose(own[:, column], each[:, column], atol=0.05)
    assert len(fitted("multilabel", fold=FOLD)[1].model.chosen[0]["logistic"]) == 2


def test_folds_answer_with_the_strengths_that_are_given_or_chosen() -> None:
    _, fit = fitted(fold=FOLD)
    assert fit.model.chosen[0]["logistic"][0] in CHANCES
    assert np.array_equal(
        fitted(fold=FOLD, known=solution("classification", [2.0]))[1].out_of_fold,
        fitted(fold=FOLD, known=solution("classification", [2.0]))[1].out_of_fold,
    )
    assert not np.array_equal(
        fitted(fold=FOLD, known=solution("classification", [2.0]))[1].out_of_fold,
        fitted(fold=FOLD, known=solution("classification", [9.0]))[1].out_of_fold,
    )


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_row_of_weight_0_is_as_if_its_target_were_another(name: str) -> None:
    targets, arguments = TARGETS[name]
    task = tasks.get(name).fit(targets, **arguments)
    encoded, weights = task.encode(targets), ones(24)
    weights[3] = 0
    others = encoded.copy()
    others[3] = encoded[2]
    models = [fit_linear(TEXTS, each, task, "en", weights=weights, fold=FOLD).model for each in (encoded, others)]
    assert np.array_equal(models[0].weights, models[1].weights)
    assert np.array_equal(models[0].intercept, models[1].intercept)


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_one_text_may_have_all_the_weight(name: str) -> None:
    weights = np.zeros(24, np.float32)
    weights[4] = 1
    _, fit = fitted(name, weights=weights, fold=FOLD)  # the model that answers it would have learned from nothing
    assert np.isfinite(fit.out_of_fold).all()
    assert np.isfinite(fit.model.scores(TEXTS)).all()


def test_a_sample_of_many_rows_is_learned_from_and_the_others_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not fitted(fold=FOLD)[1].model.limits
    monkeypatch.setattr(limits, "MAX_ROWS", 20)
    task, fit = fitted(fold=FOLD, seed=3)
    assert fit.model.limits == "20 of 24 rows"
    assert fit.model.facts["rows"] == 20
    answers = fit.model.scores(TEXTS)
    answered = (fit.out_of_fold == answers).all(axis=1)
    sampled = np.sort(np.random.default_rng(3).choice(24, 20, replace=False))
    assert np.flatnonzero(answered).tolist() == [row for row in range(24) if row not in sampled]
    texts, labels = ([values[row] for row in sampled] for values in (TEXTS, LABELS))
    alone = fit_linear(
        texts, task.encode(labels), task, "en", weights=ones(20), fold=FOLD[sampled], seed=3, out_of_fold="best"
    )
    assert np.array_equal(fit.out_of_fold[sampled], alone.out_of_fold)


@pytest.mark.parametrize(("language", "rows"), [("en", 20), ("zh", 10)])
def test_very_long_texts_bound_the_rows(monkeypatch: pytest.MonkeyPatch, language: str, rows: int) -> None:
    monkeypatch.setattr(limits, "MAX_CHARACTERS", 20 * 8 * 4)
    task = tasks.get("classification").fit(LABELS)
    texts = ["abcdefgh" * (4 if language == "en" else 2)] * 24
    model = fit_linear(texts, task.encode(LABELS), task, language, weights=ones(24)).model
    assert model.limits == f"{rows} of 24 rows"


def test_little_time_bounds_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LEAST_SAMPLE", 13)
    assert fitted(deadline=time.monotonic() - 1)[1].model.facts["rows"] == 13
    assert fitted(deadline=time.monotonic() + 999)[1].model.facts["rows"] == 24


def test_many_scores_bound_rows_and_features_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_WEIGHTS", 2 * 10)
    monkeypatch.setattr(limits, "MAX_CHANCES", 2 * 18)
    _, fit = fitted(fold=FOLD)
    assert fit.model.weights.shape == (10, 2)
    assert fit.model.limits == "18 of 24 rows; the 10 most frequent n-grams"


@pytest.mark.parametrize("sample", [12, 5, 0])
def test_on_large_data_a_sample_chooses_the_strengths(monkeypatch: pytest.MonkeyPatch, sample: int) -> None:
    tried: list[tuple[int, Any]] = []
    cross_validate = choosing.cross_validate

    def watched(examples: Any, fold: Any, known: Any = None, **options: Any) -> Any:
        tried.append((len(fold), known))
        return cross_validate(examples, fold, known, **options)

    monkeypatch.setattr(choosing, "cross_validate", watched)
    monkeypatch.setattr(choosing, "CHOOSING", Features.learn(TEXTS, "en", 1 << 20).numbers * sample // 24)
    _, fit = fitted(fold=FOLD)
    assert fit.out_of_fold.shape == (24, 2)
    if sample == 12:
        assert tried[0] == (12, None)
        assert tried[1:] == [(24, fit.model.chosen)]
    else:  # so few can choose none
        assert tried == [(24, [{"logistic": [USUAL_FOR_CHANCES]}])]


def test_a_deadline_cuts_the_solver_short_and_says_so() -> None:
    random = np.random.default_rng(0)
    texts = [" ".join(f"w{word}" for word in random.integers(0, 200, 20)) for _ in range(200)]
    labels = random.choice(["a", "b", "c"], 200).tolist()
    task = tasks.get("classification").fit(labels)
    late = fit_linear(
        texts, task.encode(labels), task, "en", weights=ones(200), fold=np.arange(200) % 5, out_of_fold="best", known=Solution([{"softmax": [64.0]}]),
        deadline=time.monotonic() - 1,
    )  # fmt: skip
    assert late.model.limits == "time ran out before its training ended"
    assert np.isfinite(late.out_of_fold).all()
    assert np.isfinite(late.model.scores(texts)).all()
    in_time = fit_linear(texts, task.encode(labels), task, "en", weights=ones(200), deadline=time.monotonic() + 999)
    assert in_time.model.limits == ""


def many(name: str, count: int, classes: int) -> tuple[Task, LinearFit, list[Any]]:
    targets: list[Any] = [f"c{k % classes}" for k in range(count)]
    texts = [f"word{k % classes} and n{k}" for k in range(count)]
    if name == "multilabel":
        targets = [[each, "all"] for each in targets]
    task = tasks.get(name).fit(targets)
    fit = fit_linear(
        texts,
        task.encode(targets),
        task,
        "en",
        weights=ones(count),
        fold=np.arange(count) // classes,
        out_of_fold="best",
        known=Solution([{"softmax" if name == "classification" else "logistic": [8.0]}]),
    )
    return task, fit, targets


@pytest.mark.parametrize("name", ["classification", "multilabel"])
def test_five_hundred_classes_of_three_texts(name: str) -> None:
    task, fit, targets = many(name, 1500, 500)
    assert fit.out_of_fold.shape == (1500, task.size)
    found, expected = fit.out_of_fold, task.encode(targets)
    if name == "classification":
        assert np.mean(found.argmax(axis=1) == expected[:, 0]) > 0.95
    else:
        assert (found[:, 0] > 0).all()  # what every text has
        assert np.mean(found[:, 1:].argmax(axis=1) == expected[:, 1:].argmax(axis=1)) > 0.95


def test_a_label_that_no_row_of_training_has_is_never_given() -> None:
    task = tasks.get("classification").fit(["neg", "pos", "odd"])
    model = fit_linear(TEXTS, task.encode(LABELS), task, "en", weights=ones(24), fold=FOLD).model
    assert "odd" not in task.predict(model.scores([*TEXTS, *NEW]))
    several = tasks.get("multilabel").fit([["a"], ["b"], ["never"]])
    given = several.encode([["a"] if label == "pos" else ["a", "b"] for label in LABELS])
    fit = fit_linear(TEXTS, given, several, "en", weights=ones(24), fold=FOLD, out_of_fold="best")
    for scores in (fit.out_of_fold, fit.model.scores([*TEXTS, *NEW])):
        assert all("never" not in labels and "a" in labels for labels in several.predict(scores))


@pytest.mark.parametrize("texts", [["!!", "??"], ["", "\n"], ["\ud800", "\udc00"]])
def test_two_texts_of_almost_nothing_are_learned_from(texts: list[str]) -> None:
    task = tasks.get("classification").fit(["a", "b"])
    model = fit_linear(texts, task.encode(["a", "b"]), task, "en", weights=ones(2)).model
    scores = model.scores([*texts, "anything"])
    assert scores.shape == (3, 2)
    assert np.isfinite(scores).all()
    assert isinstance(model.sample_texts(), list)


def test_one_text_is_learned_from() -> None:
    for name, targets in (("classification", ["a", "b"]), ("regression", [1.0, 2.0])):
        task = tasks.get(name).fit(targets)
        model = fit_linear(["a film"], task.encode(targets[1:]), task, "en", weights=ones(1)).model
        assert task.predict(model.scores(["a film", "a book"])) == [targets[1]] * 2


def test_a_model_of_quantiles_gives_its_mean_for_each() -> None:
    numbers = TARGETS["regression"][0]
    task = tasks.get("regression").fit(numbers, loss="quantile")
    fit = fit_linear(TEXTS, task.encode(numbers), task, "en", weights=ones(24), fold=FOLD, out_of_fold="best")
    for scores in (fit.out_of_fold, fit.model.scores(TEXTS)):
        assert scores.shape == (24, task.size)
        assert (scores == scores[:, :1]).all()
    assert np.corrcoef(fit.model.scores(TEXTS)[:, 0], numbers)[0, 1] > 0.95


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_without_the_kernel_and_at_its_least_level_answers_agree(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, fit = fitted(name, fold=FOLD, known=solution(name, *[[1.0]] * (2 if name == "joint" else 1)))
    expected = [fit.out_of_fold, fit.model.scores(TEXTS), fit.model.scores(NEW)]
    plain = fit.model.scores([*TEXTS, *NEW], compiled=False)
    np.testing.assert_allclose(plain, np.concatenate(expected[1:]), atol=1e-5)
    monkeypatch.setenv("REREAD_KERNEL", "portable")
    portable = load.__wrapped__()
    assert portable.level == "portable"
    for library in (portable, None):
        monkeypatch.setattr(solving, "load", lambda library=library: library)
        monkeypatch.setattr(sparse, "load", lambda library=library: library)
        _, other = fitted(name, fold=FOLD, known=solution(name, *[[1.0]] * (2 if name == "joint" else 1)))
        for found, before in zip(
            [other.out_of_fold, other.model.scores(TEXTS), other.model.scores(NEW)], expected, strict=True
        ):
            np.testing.assert_allclose(found, before, atol=0.05)


@pytest.mark.parametrize("name", ["multilabel", "joint"])
@pytest.mark.parametrize("text", ["Good, good<br />FUN for a boring 👩", "", "龍"])
def test_what_n_grams_add_is_all_of_an_answer_but_the_intercept(name: str, text: str) -> None:
    task, fit = fitted(name)
    direction = np.linspace(-1, 2, task.size)
    added, starts, ends = fit.model.contributions(text, direction)
    expected = (fit.model.scores([text])[0] - fit.model.intercept) @ direction
    assert added.sum() == pytest.approx(expected, abs=1e-5)
    assert ((starts < ends) & (ends <= len(text))).all()


def test_samples_are_texts_of_many_lengths_and_follow_from_their_seed() -> None:
    _, fit = fitted()
    assert fit.model.sample_texts(1) == fit.model.sample_texts(1) != fit.model.sample_texts(2)
    lengths = [len(text) for text in fit.model.sample_texts()]
    assert lengths[0] == 0 < lengths[1] < lengths[-1]
    assert len(np.unique(fit.model.scores(fit.model.sample_texts()), axis=0)) > 5


def test_a_copy_answers_the_same() -> None:
    _, fit = fitted()
    assert np.array_equal(pickle.loads(pickle.dumps(fit.model)).scores(TEXTS), fit.model.scores(TEXTS))


def test_chinese_texts_are_learned_from() -> None:
    texts, labels = ["这部电影很好看", "这部电影很难看", "好看极了", "难看死了"] * 3, ["好", "坏"] * 6
    task = tasks.get("classification").fit(labels)
    model = fit_linear(texts, task.encode(labels), task, "zh", weights=ones(12), fold=np.arange(12) % 4).model
    assert model.kinds == ("characters",)
    assert task.predict(model.scores(["很好看。", "很难看！"])) == ["好", "坏"]
