from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from reread import ConfigError, DataError, JointTextModel

LISTS = [["a"], ["b", "a"], []]


@pytest.fixture
def targets(labels: list[str], prices: list[float]) -> dict[str, list[Any]]:
    return {"mood": labels, "tags": [LISTS[k % 3] for k in range(60)], "price": prices}


def test_classes_lists_and_numbers_on_one_network(
    texts: list[str], targets: dict[str, list[Any]], small: dict[str, Any]
) -> None:
    model = JointTextModel(**small, numbers=["price"]).fit(texts, targets)
    answers = model.predict(texts)
    assert answers.shape == (len(texts),)
    assert list(answers[0]) == ["mood", "tags", "price"]
    assert {answer["mood"] for answer in answers} <= {"neg", "pos"}
    assert all(isinstance(answer["tags"], list) for answer in answers)
    assert all(80 < answer["price"] < 140 for answer in answers)


def test_probabilities_of_the_targets_that_have_classes(
    texts: list[str], targets: dict[str, list[Any]], small: dict[str, Any]
) -> None:
    model = JointTextModel(**small, numbers=["price"]).fit(texts, targets)
    probabilities = model.predict_proba(texts)
    assert {name: array.shape for name, array in probabilities.items()} == {"mood": (60, 2), "tags": (60, 2)}
    assert {name: classes.tolist() for name, classes in model.classes_.items()} == {
        "mood": ["neg", "pos"],
        "tags": ["a", "b"],
    }
    moods = model.classes_["mood"][probabilities["mood"].argmax(axis=1)]
    assert moods.tolist() == [answer["mood"] for answer in model.predict(texts)]


@pytest.mark.parametrize("table", [pd.DataFrame, pl.DataFrame, pa.table, lambda t: pd.DataFrame(t).to_dict("records")])
def test_tables_are_mappings_of_columns(
    table: Any, texts: list[str], targets: dict[str, list[Any]], small: dict[str, Any]
) -> None:
    plain = JointTextModel(**small, numbers=("price",)).fit(texts, targets)
    model = JointTextModel(**small, numbers=("price",)).fit(texts, table(targets))
    assert model.predict(texts).tolist() == plain.predict(texts).tolist()
    assert model.score(texts, table(targets)) == plain.score(texts, targets)


def test_the_score_is_the_mean_of_accuracy_and_r_squared(
    texts: list[str], targets: dict[str, list[Any]], small: dict[str, Any]
) -> None:
    model = JointTextModel(**small, numbers=["price"]).fit(texts, targets)
    metrics = model.task_.metrics(targets, model.scores(texts))
    accuracies = (
        metrics["mood.accuracy"],
        np.mean(
            [
                set(answer["tags"]) == set(tags)
                for answer, tags in zip(model.predict(texts), targets["tags"], strict=True)
            ]
        ),
    )
    assert model.score(texts, targets) == pytest.approx(np.mean([*accuracies, metrics["price.r2"]]))
    assert model.score(texts, model.predict(texts)) == 1
    with pytest.raises(DataError, match='y has no "tags"; it has mood, price'):
        model.score(texts, {name: targets[name] for name in ("mood", "price")})


def test_loss_weights_reach_the_task(texts: list[str], targets: dict[str, list[Any]], small: dict[str, Any]) -> None:
    model = JointTextModel(**small, numbers=["price"], loss_weights={"tags": 0.5, "price": 3}).fit(texts, targets)
    assert model.task_.to_config()["weights"] == {"mood": 1.0, "tags": 0.5, "price": 3}
    assert model.task_.headline == "price.rmse"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"numbers": ["prise"]}, 'unknown target "prise". Did you mean "price"'),
        ({"loss_weights": {"mod": 2.0}}, 'unknown target "mod". Did you mean "mood"'),
        ({"numbers": ["price"], "loss_weights": {"mood": -1.0}}, "loss weight mood=-1.0"),
    ],
)
def test_names_that_are_no_targets(
    options: dict[str, Any], message: str, texts: list[str], targets: dict[str, list[Any]], small: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError, match=message):
        JointTextModel(**small, **options).fit(texts, targets)


def test_what_cannot_be_learned_jointly(texts: list[str], targets: dict[str, list[Any]], small: dict[str, Any]) -> None:
    with pytest.raises(DataError, match=r"targets \['mood'\]; a joint model needs two or more"):
        JointTextModel(**small).fit(texts, {"mood": targets["mood"]})
    with pytest.raises(DataError, match="price is continuous"):
        JointTextModel(**small).fit(texts, targets)
    with pytest.raises(DataError, match="60 texts and 59 values of mood"):
        JointTextModel(**small, numbers=["price"]).fit(texts, {**targets, "mood": targets["mood"][1:]})
    with pytest.raises(DataError, match=r"y has shape \(60, 2\); give the targets names"):
        JointTextModel(**small).fit(texts, np.zeros((60, 2)))
