from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.metrics import accuracy_score

from reread import ConfigError, DataError, TextClassifier
from reread.data.split import split_rows, text_keys


@pytest.mark.parametrize(
    "labels",
    [
        ["neg", "pos"],
        [1, 0],
        [-1, 1],
        [2.0, 1.0],
        [True, False],
    ],
)
def test_answers_are_of_the_labels_own_type(labels: list[Any], texts: list[str], small: dict[str, Any]) -> None:
    model = TextClassifier(**small).fit(texts, [labels[k % 2] for k in range(len(texts))])
    answers = model.predict(texts)
    assert answers.shape == (len(texts),)
    assert answers.dtype == model.classes_.dtype == np.array(labels).dtype
    assert set(answers.tolist()) <= set(labels)
    np.testing.assert_array_equal(model.classes_, np.unique(labels))
    assert model.predict([]).dtype == model.classes_.dtype


def test_probabilities_stand_in_the_order_of_the_classes(
    texts: list[str], labels: list[str], small: dict[str, Any]
) -> None:
    model = TextClassifier(**small).fit(texts, labels)
    probabilities = model.predict_proba(texts)
    assert probabilities.shape == (len(texts), 2)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    np.testing.assert_array_equal(model.classes_[probabilities.argmax(axis=1)], model.predict(texts))


@pytest.mark.parametrize("column", [np.array, pd.Series, pl.Series, pa.array, lambda v: np.array(v, dtype=object)])
def test_every_library_gives_the_same_model(
    column: Any, texts: list[str], labels: list[str], small: dict[str, Any]
) -> None:
    plain = TextClassifier(**small).fit(texts, labels)
    model = TextClassifier(**small).fit(column(texts), column(labels))
    np.testing.assert_array_equal(model.predict_proba(column(texts)), plain.predict_proba(texts))
    assert model.score(column(texts), column(labels)) == plain.score(texts, labels)


def test_the_score_is_the_accuracy(texts: list[str], labels: list[str], small: dict[str, Any]) -> None:
    model = TextClassifier(**small).fit(texts, labels)
    answers, weights = model.predict(texts), np.arange(len(texts))
    assert model.score(texts, labels) == pytest.approx(accuracy_score(labels, answers))
    assert model.score(texts, labels, weights) == pytest.approx(accuracy_score(labels, answers, sample_weight=weights))
    assert model.score(texts, ["never seen"] * len(texts)) == 0


def test_numbers_parted_in_two_classes_score_as_they_were_learned(texts: list[str], small: dict[str, Any]) -> None:
    stars = [1 + k % 5 for k in range(len(texts))]
    small["settings"] = small["settings"] | {"task": {"above": 3}}
    model = TextClassifier(**small).fit(texts, stars)
    sides = ["positive" if star > 3 else "negative" for star in stars]
    assert model.score(texts, stars) == model.score(texts, sides) == accuracy_score(sides, model.predict(texts)) > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y": ["pos"]}, "60 texts and 1 values of y"),
        ({"sample_weight": [1.0]}, "60 texts and 1 values of sample_weight"),
        ({"y": None}, "target y is None"),
    ],
)
def test_a_score_needs_a_truth_for_each_text(
    arguments: dict[str, Any], message: str, texts: list[str], labels: list[str], small: dict[str, Any]
) -> None:
    model = TextClassifier(**small).fit(texts, labels)
    with pytest.raises(DataError, match=message):
        model.score(**{"X": texts, "y": labels, **arguments})


LISTS = [["a"], ["b", "a"], [], ["c"]]


def test_lists_of_labels_are_multi_label(texts: list[str], small: dict[str, Any]) -> None:
    lists = [LISTS[k % 4] for k in range(len(texts))]
    model = TextClassifier(**small).fit(texts, lists)
    answers, probabilities = model.predict(texts), model.predict_proba(texts)
    assert model.task_.name == "multilabel"
    assert model.classes_.tolist() == ["a", "b", "c"]
    assert answers.shape == (len(texts),)
    assert [["abc"[k] for k in np.flatnonzero(row > 0.5)] for row in probabilities] == answers.tolist()
    assert model.score(texts, answers) == 1
    assert model.score(texts, [answer[::-1] for answer in answers]) == 1
    assert model.score(texts, [[*answer, "d"] for answer in answers]) == 0


def test_one_label_in_each_list_is_multi_label_too(texts: list[str], small: dict[str, Any]) -> None:
    model = TextClassifier(**small).fit(texts, [["ab"[k % 2]] for k in range(len(texts))])
    assert model.task_.name == "multilabel"
    assert model.predict(texts).shape == (len(texts),)


def test_sets_and_lists_of_labels_are_the_same(texts: list[str], small: dict[str, Any]) -> None:
    lists = [LISTS[k % 4] for k in range(len(texts))]
    by_list, by_set = (TextClassifier(**small).fit(texts, y) for y in (lists, [set(each) for each in lists]))
    np.testing.assert_array_equal(by_list.predict_proba(texts), by_set.predict_proba(texts))


def test_a_matrix_of_labels_is_refused(texts: list[str], small: dict[str, Any]) -> None:
    with pytest.raises(DataError, match=r"y has shape \(60, 3\); give one value, or one list of labels, for each text"):
        TextClassifier(**small).fit(texts, np.ones((60, 3), dtype=int))


@pytest.mark.parametrize("order", [["low", "mid", "high"], ("low", "mid", "high"), np.array(["low", "mid", "high"])])
def test_an_order_makes_ordered_classes(order: Any, texts: list[str], small: dict[str, Any]) -> None:
    model = TextClassifier(**small, order=order).fit(texts, [order[k % 3] for k in range(len(texts))])
    assert model.task_.name == "ordinal"
    assert model.classes_.tolist() == ["low", "mid", "high"]
    assert set(model.predict(texts)) <= set(order)
    np.testing.assert_allclose(model.predict_proba(texts).sum(axis=1), 1)


def test_half_stars_are_classes_when_they_are_ordered(texts: list[str], small: dict[str, Any]) -> None:
    stars = [[0.5, 1.0, 1.5][k % 3] for k in range(len(texts))]
    with pytest.raises(DataError, match=r"label is continuous, such as 0\.5; learn it as a number"):
        TextClassifier(**small).fit(texts, stars)
    model = TextClassifier(**small, order=[0.5, 1.0, 1.5]).fit(texts, stars)
    assert model.predict(texts).dtype == np.float64


def test_a_label_outside_the_order_is_refused(texts: list[str], labels: list[str], small: dict[str, Any]) -> None:
    with pytest.raises(DataError, match='unknown label "neg"'):
        TextClassifier(**small, order=["pos", "positive"]).fit(texts, labels)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"y": ["same"] * 60}, 'every label is "same"; at least two classes are needed'),
        ({"y": ["neg"] * 59}, "60 texts and 59 values of label"),
        ({"y": ["neg", None] * 30}, "a label is missing"),
        ({"y": ["neg", float("nan")] * 30}, "a label is missing"),
        ({"y": ["neg", 1] * 30}, "the labels mix"),
        ({"X": ["good"] * 60}, "all 60 rows have the same text"),
        ({"X": "one text"}, "texts is one string"),
        ({"X": ["  "] * 60}, "text 0 is empty or only white space"),
        ({"sample_weight": [0] * 60}, "every sample_weight is zero"),
        ({"sample_weight": [1, 0] * 30}, 'every label is "pos"; at least two classes are needed'),
        ({"groups": ["one"] * 60}, "share a group"),
    ],
)
def test_what_cannot_be_learned_from(
    changes: dict[str, Any], message: str, texts: list[str], labels: list[str], small: dict[str, Any]
) -> None:
    with pytest.raises(DataError, match=message):
        TextClassifier(**small).fit(**{"X": texts, "y": labels, **changes})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"recipe": "bilstm_mex"}, 'unknown recipe "bilstm_mex". Did you mean "bilstm_max"'),
        ({"settings": {"model": {"hiden": 8}}}, 'Did you mean "hidden"'),
        ({"settings": {"modle": {}}}, 'Did you mean "model"'),
        ({"validation": 1.5}, "validation = 1.5"),
        ({"device": "tpu"}, 'device "tpu": expected auto, cpu or cuda'),
        ({"epochs": "many"}, 'training.epochs = "many": expected a whole number at least 1'),
        ({"random_state": -1}, "random_state = -1"),
        ({"settings": {"training": {"device": "tpu"}}}, 'device "tpu"'),
        ({"class_weights": {"pso": 2}}, 'unknown label "pso"'),
        ({"class_weights": "equal"}, 'class weights "equal"'),
    ],
)
def test_options_that_cannot_be_used(
    options: dict[str, Any], message: str, texts: list[str], labels: list[str], small: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError, match=message):
        TextClassifier(**{**small, **options}).fit(texts, labels)


def test_class_weights_reach_the_training(texts: list[str], small: dict[str, Any]) -> None:
    rare = [int(k % 10 == 0) for k in range(len(texts))]
    learn = {**small, "epochs": 4, "learning_rate": 0.05, "random_state": 0}
    plain, weighted, balanced = (
        TextClassifier(**learn, class_weights=weights).fit(texts, rare).predict_proba(texts)[:, 1].mean()
        for weights in (None, {1: 50.0}, "balanced")
    )
    assert plain < balanced
    assert plain < weighted


def test_sample_weights_reach_the_training(texts: list[str], small: dict[str, Any]) -> None:
    noise = [int(k % 3 == 0) for k in range(len(texts))]
    learn = {**small, "epochs": 4, "learning_rate": 0.05}
    plain = TextClassifier(**learn).fit(texts, noise)
    weighted = TextClassifier(**learn).fit(texts, noise, sample_weight=[1 + 50 * y for y in noise])
    assert plain.predict_proba(texts)[:, 1].mean() < weighted.predict_proba(texts)[:, 1].mean()


def test_sample_weights_reach_the_validation(texts: list[str], labels: list[str], small: dict[str, Any]) -> None:
    """The figures on the rows held out, the baseline's too, are those under the rows' weights; without weights as ever."""
    learn = {**small, "baseline": True, "answer": "network", "random_state": 3, "calibration": "none"}
    weights = [1.0 + 9 * (label == "pos") for label in labels]
    weighted = TextClassifier(**learn).fit(texts, labels, sample_weight=weights)
    plain = TextClassifier(**learn).fit(texts, labels)
    held_out = split_rows(text_keys(texts), seed=3, strata=[label == "pos" for label in labels])
    rows = [k for k in range(len(texts)) if held_out[k]]
    truth, some, own = ([column[k] for k in rows] for column in (labels, texts, weights))
    for model, given in ((weighted, own), (plain, None)):
        assert model.fitted_.baseline is not None
        network, linear = model.scores(some), model.fitted_.baseline.scores(some)
        parts = model.fitted_.parts()
        postprocessors = [parts[name].postprocessor for name in ("network", "linear")]
        assert model.validation_metrics_ == pytest.approx(postprocessors[0].metrics(truth, network, given), abs=1e-6)
        assert model.baseline_metrics_ == pytest.approx(postprocessors[1].metrics(truth, linear, given), abs=1e-6)
    assert plain.baseline_metrics_ == postprocessors[1].metrics(
        truth, plain.fitted_.baseline.scores(some)
    )  # to the bit
    assert weighted.validation_metrics_ != pytest.approx(weighted.task_.metrics(truth, weighted.scores(some)))


def test_a_row_of_weight_0_changes_nothing(texts: list[str], labels: list[str], small: dict[str, Any]) -> None:
    plain = TextClassifier(**small).fit(texts, labels)
    model = TextClassifier(**small).fit([*texts, "entirely new words"], [*labels, "new"], [1] * 60 + [0])
    assert model.classes_.tolist() == plain.classes_.tolist()
    np.testing.assert_array_equal(model.predict_proba(texts), plain.predict_proba(texts))


def test_groups_stay_together(texts: list[str], labels: list[str], small: dict[str, Any]) -> None:
    groups = [k // 20 for k in range(len(texts))]
    model = TextClassifier(**small).fit(texts, labels, groups=pd.Series(groups))
    assert model.fitted_.facts["validation_rows"] == 20


def test_the_same_seed_gives_the_same_model(texts: list[str], labels: list[str], small: dict[str, Any]) -> None:
    states = [None, 0, np.random.RandomState(5), np.random.RandomState(5), 1]
    default, zero, first, again, one = (
        TextClassifier(**small, random_state=state).fit(texts, labels).predict_proba(texts) for state in states
    )
    np.testing.assert_array_equal(default, zero)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(zero, one)


def test_the_baseline_is_trained_beside_the_network(texts: list[str], labels: list[str], small: dict[str, Any]) -> None:
    model = TextClassifier(**{**small, "baseline": True}).fit(texts, labels)
    assert model.baseline_metrics_.keys() == model.validation_metrics_.keys()
    assert model.baseline_metrics_["accuracy"] == 1
    assert model.n_iter_ == model.fitted_.state.step > 0


def test_what_has_no_known_word_gets_an_answer(texts: list[str], labels: list[str], small: dict[str, Any]) -> None:
    model = TextClassifier(**small).fit(texts, labels)
    assert model.predict(["", "  ", "?!", "quite unknown"]).shape == (4,)
    with pytest.raises(DataError, match=r"text 1 is float \('nan'\)"):
        model.predict(["good", float("nan")])


def test_chinese_is_found_by_its_script(small: dict[str, Any]) -> None:
    texts = [f"这部电影{'很好看' if k % 2 else '真难看'}第{k}集" for k in range(40)]
    model = TextClassifier(**small).fit(texts, [k % 2 for k in range(40)])
    assert model.fitted_.encoder.settings.language == "zh"
    assert model.predict(texts).shape == (40,)


@pytest.mark.parametrize("class_weights", [None, "balanced"])
def test_the_head_starts_at_the_log_odds_of_the_shares_of_the_training_rows(
    class_weights: str | None, texts: list[str], small: dict[str, Any]
) -> None:
    labels = ["rare" if k % 6 == 0 else "usual" for k in range(60)]
    training = {"prior_bias": True, "validation": 0.2, "steps": 1, "class_weights": class_weights}
    settings = {**small["settings"], "training": training}
    model = TextClassifier(**{**small, "settings": settings, "learning_rate": 1e-9}).fit(texts, labels)
    bias = model.fitted_.net.head[-1].bias.detach().numpy()
    shares = [8 / 48, 40 / 48] if class_weights is None else [0.5, 0.5]
    np.testing.assert_allclose(bias - np.logaddexp.reduce(bias), np.log(shares), atol=1e-5)
    settings["training"]["prior_bias"] = False
    model = TextClassifier(**{**small, "settings": settings, "learning_rate": 1e-9}).fit(texts, labels)
    assert not np.allclose(model.fitted_.net.head[-1].bias.detach(), bias, atol=1e-3)


def test_it_starts_from_a_model_and_keeps_its_classes(
    texts: list[str], labels: list[str], small: dict[str, Any], tmp_path: Path
) -> None:
    TextClassifier(**small).fit(texts, labels).save(tmp_path / "old.reread")
    new, odd = [*texts, *(f"something odd {k}" for k in range(12))], [*labels, *["odd"] * 12]
    model = TextClassifier(**small, pretrained=tmp_path / "old.reread", keep_labels=True).fit(new, odd)
    assert model.classes_.tolist() == ["neg", "odd", "pos"]
    assert model.fitted_.pretrained["labels_new"] == ["odd"]
    with pytest.raises(DataError, match="no row has the label neg, pos, which the model knows"):
        TextClassifier(**small, pretrained=tmp_path / "old.reread", keep_labels=True).fit(new[-12:], odd[-12:])
