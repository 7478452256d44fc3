"""How the members of a stack are weighed, and what trained estimators answer with."""

from __future__ import annotations

import pickle
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

from reread import ConfigError, JointTextModel, TextClassifier, TextRegressor, load
from reread.data.lists import examples_from_lists
from reread.data.split import text_keys
from reread.model.stack import stacked
from reread.pipeline.baseline import linear_member
from reread.pipeline.fit import fit
from reread.pipeline.mixtures import Mixtures
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.prepare import prepare
from reread.pipeline.run import Run
from reread.pipeline.stacking import (
    ERRORS_OF_FEW,
    FEW_HELD_OUT,
    LEAST_OF_LABEL,
    PARTS,
    cheapest,
    choose_share,
    has_rare_labels,
    no_worse,
)
from reread.recipes import load_recipe
from reread.scoring.calibration.temperature import Temperature
from reread.statistics.paired import paired
from reread.tasks import Task
from reread.tasks.classification import Classification
from reread.tasks.multilabel import Multilabel
from reread.tasks.regression import Regression
from reread.train.listener import Silent

pytestmark = pytest.mark.usefixtures("one_thread")
AB = Classification(["a", "b"])
ROWS = 200


def held_out(task: Task, targets: list[Any], weights: Any = None, texts: list[str] | None = None) -> Any:
    """As much of prepared rows as the choice reads: all of them are held out."""
    return SimpleNamespace(
        task=task,
        keys=text_keys(texts or [f"text {number}" for number in range(len(targets))]),
        validation=np.arange(len(targets)),
        validation_targets=targets,
        validation_weights=np.ones(len(targets), np.float32) if weights is None else np.asarray(weights, np.float32),
        encoded_targets=task.encode(targets),
    )


def margins(*for_b: float) -> np.ndarray:
    """Scores of two classes by the log-odds of the second."""
    return np.stack([np.zeros(len(for_b)), for_b], axis=1).astype(np.float32)


def opinions(noise: float, seed: int, targets: list[str]) -> np.ndarray:
    """Log-odds that are right but for noise."""
    right = np.where(np.array(targets) == "b", 2.0, -2.0)
    return margins(*(right + np.random.default_rng(seed).normal(size=len(targets)) * noise))


TARGETS = ["a", "b"] * (ROWS // 2)
NOISE = margins(*np.repeat(np.random.default_rng(0).normal(size=ROWS // 2), 2) * 50)  # of an "a" and a "b" the same


def share(targets: list[Any], network: np.ndarray, linear: np.ndarray, weights: Any = None, task: Task = AB) -> float:
    return choose_share(Mixtures(held_out(task, targets, weights), network, linear))[0]


def test_of_members_with_errors_of_their_own_both_count() -> None:
    network, linear = opinions(2.0, 0, TARGETS), opinions(2.0, 1, TARGETS)
    found, gain, error = choose_share(Mixtures(held_out(AB, TARGETS), network, linear))
    assert 0.2 < found < 0.8
    assert gain > error > 0


@pytest.mark.parametrize("sureness", [0.1, 1.0, 10.0])
def test_how_sure_a_member_is_changes_nothing_but_the_unit_of_its_share(sureness: float) -> None:
    network, linear = opinions(2.0, 0, TARGETS), opinions(2.0, 1, TARGETS)
    found, gain, error = choose_share(Mixtures(held_out(AB, TARGETS), network, linear))
    other, same_gain, same_error = choose_share(Mixtures(held_out(AB, TARGETS), network * sureness, linear))
    odds = sureness * other / (1 - other)
    assert odds / (1 + odds) == pytest.approx(found, abs=0.12), "neighbouring shares gain nearly the same"
    assert same_gain - ERRORS_OF_FEW * same_error == pytest.approx(gain - ERRORS_OF_FEW * error, rel=0.05)


def test_what_surely_gains_is_more_than_what_may_gain_more() -> None:
    """Few rows: the best share is a matter of chance, and a smaller one gains nearly as much on more of them."""
    few = TARGETS[:40]
    network, linear = opinions(2.5, 2, few), opinions(3.0, 3, few)
    rows = held_out(AB, few)
    found = choose_share(Mixtures(rows, network, linear))[0]
    gains = {}
    for share in (step / 100 for step in range(101)):
        mixed = stacked(linear, network, share)
        gains[share] = paired(
            calibrated_losses(few, linear) - calibrated_losses(few, mixed), np.ones(len(few)), np.arange(len(few))
        )
    best = max(gains, key=lambda share: gains[share][0])
    surest = max(gains, key=lambda share: gains[share][0] - ERRORS_OF_FEW * gains[share][1])
    assert surest < best - 0.1, "else this test shows little"
    assert abs(found - surest) < abs(found - best)


def calibrated_losses(targets: list[str], scores: np.ndarray) -> np.ndarray:
    """At the best of many temperatures."""
    encoded = AB.encode(targets)
    each = [AB.losses(encoded, scores / temperature) for temperature in np.geomspace(0.05, 20, 300)]
    return min(each, key=np.mean)


def test_of_each_mixture_one_temperature_is_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted: list[bytes] = []
    fit_temperature = Temperature.fit

    def watched(task: Any, scores: np.ndarray, *more: Any) -> Temperature:
        fitted.append(scores.tobytes())
        return fit_temperature(task, scores, *more)

    monkeypatch.setattr(Temperature, "fit", watched)
    mixtures = Mixtures(held_out(AB, TARGETS), opinions(2.0, 0, TARGETS), opinions(2.0, 1, TARGETS))
    found, _, _ = choose_share(mixtures)
    assert found > 0
    assert cheapest(mixtures, found) == "stack"
    assert len(fitted) == len(set(fitted)) == len(PARTS)


def test_the_cheapest_is_no_network_that_is_worse_than_the_linear_member() -> None:
    """Of few rows, a standard error allows much."""
    few, found = TARGETS[:20], 0
    for seed in range(200):
        mixtures = Mixtures(held_out(AB, few), opinions(4.0, seed, few), opinions(3.0, seed + 1000, few))
        higher, spread = mixtures.gain(1.0, 0.5)
        worse = mixtures.gain(0.0, 1.0)[0] < 0
        if higher <= spread and worse:
            found += 1
            assert cheapest(mixtures, 0.5) != "network"
    assert found


@pytest.mark.parametrize("name", ["accuracy", "micro_f1", "macro_f1", "map", "topic.micro_f1"])
def test_a_share_that_makes_one_figure_worse_is_not_allowed(name: str) -> None:
    """A network of several labels can rank them better, and give too few of them."""
    theirs = {name: 0.5, "map": 0.5, "log_loss": 0.2}
    for value, allowed in ((0.49, False), (0.5, True)):
        ours = {"map": 0.6, "log_loss": 0.3, name: value}
        mixtures = SimpleNamespace(task=Multilabel(["a", "b"]), metrics=lambda _, ours=ours: ours)
        assert no_worse(mixtures, 0.5, theirs) == allowed  # type: ignore[arg-type]  # as much as it reads


@pytest.mark.parametrize(("count", "rare"), [(LEAST_OF_LABEL - 1, True), (LEAST_OF_LABEL, False)])
def test_most_of_several_labels_are_rare_where_they_stand_in_few_of_the_rows_held_out(
    count: int, *, rare: bool
) -> None:
    targets = [["a", *("bc" if k < count else "")] for k in range(ROWS)]
    assert has_rare_labels(held_out(Multilabel(["a", "b", "c"]), targets)) == rare
    assert not has_rare_labels(held_out(AB, ["a"] * (ROWS - 1) + ["b"]))
    assert not has_rare_labels(held_out(Multilabel(["a", "b"]), []))


def test_a_network_that_knows_nothing_does_not_count() -> None:
    assert choose_share(Mixtures(held_out(AB, TARGETS), NOISE, opinions(1.0, 1, TARGETS))) == (0.0, 0.0, 0.0)


def test_a_network_that_knows_all_answers_alone() -> None:
    assert share(TARGETS, opinions(0.0, 0, TARGETS) * 4, opinions(50.0, 1, TARGETS)) == 1.0


def test_a_network_that_is_only_surer_does_not_count() -> None:
    """What it says is what the linear member says, and calibration makes that as sure as it should be."""
    linear = opinions(2.0, 1, TARGETS)
    assert share(TARGETS, linear * 5, linear) == 0.0


def test_the_linear_member_is_kept_unless_something_is_better_by_a_standard_error() -> None:
    """The same gain on average, once of nearly all rows and once of few."""
    linear = margins(*np.where(np.array(TARGETS) == "b", 1.0, -1.0) * np.tile([1.0, 1.0, -1.0, -1.0], ROWS // 4))
    surely, perhaps = linear.copy(), linear.copy()
    surely[2::4] *= -1
    perhaps[2:3] *= -1
    assert share(TARGETS, surely, linear) > 0
    one = calibrated_losses(TARGETS, linear) - calibrated_losses(TARGETS, stacked(linear, perhaps, 0.6))
    assert one.mean() > 0, "else this test shows little"
    assert share(TARGETS, perhaps, linear) == 0.0


def test_of_few_rows_a_gain_must_be_twice_its_standard_error() -> None:
    kept, left = 0, 0
    for seed in range(60):
        network, linear = opinions(7.0, seed, TARGETS), opinions(2.0, seed + 1000, TARGETS)
        mixtures = Mixtures(held_out(AB, TARGETS), network, linear)
        found, gain, error = choose_share(mixtures)
        assert gain >= ERRORS_OF_FEW * error
        kept += found > 0
        left += (
            not found
            and max(mixtures.gain(0.0, part)[0] / mixtures.gain(0.0, part)[1] for part in (0.05, 0.1, 0.2)) > 1
        )
    assert kept
    assert left, "else this test shows little"
    assert ROWS < FEW_HELD_OUT


def test_the_headline_figure_must_not_fall() -> None:
    """A network that knows nearly all, but every mixture is wrong where the linear member alone is right."""
    linear = opinions(2.0, 1, TARGETS)
    network = opinions(0.5, 0, TARGETS)
    wrong = (linear[:, 1] > 0) != (np.array(TARGETS) == "b")
    assert share(TARGETS, network, linear) > 0
    network[wrong] = linear[wrong]
    right = np.flatnonzero(~wrong)[:1]
    linear[right] *= np.float32(1e-4)
    network[right] *= -1
    assert share(TARGETS, network, linear) == 0.0


def test_the_mean_over_the_classes_must_not_fall() -> None:
    """One of two rare rows is lost, one of many common ones won: the accuracy is the same, the rare class pays."""
    targets = ["a"] * 100 + ["b", "b"]
    linear, network = margins(*[-1.0] * 100, 1.0, 1.0), opinions(0.1, 0, targets)
    linear[:30] *= np.float32(0.1)  # where the network knows more
    assert share(targets, network, linear) > 0
    linear[0], network[0] = [0, 1e-4], [0, -5.0]
    linear[101], network[101] = [0, 1e-4], [0, -0.5]
    before, after = (AB.metrics(targets, each) for each in (linear, network))
    assert after["accuracy"] == before["accuracy"]
    assert after["macro_f1"] < before["macro_f1"]
    assert share(targets, network, linear) == 0.0


def test_rows_without_weight_have_no_say() -> None:
    linear = opinions(1.0, 1, TARGETS)
    network = NOISE.copy()
    network[:100] = opinions(0.0, 0, TARGETS)[:100] * 4
    first = np.arange(ROWS) < 100
    assert share(TARGETS, network, linear, first) > 0
    assert share(TARGETS, network, linear, ~first) == 0.0


def test_numbers_are_weighed_too() -> None:
    task, random = Regression(mean=0, scale=1), np.random.default_rng(0)
    targets = random.normal(size=ROWS)
    network, linear = (targets[:, None] + random.normal(size=(ROWS, 1)) for _ in range(2))
    assert 0.2 < share(targets.tolist(), network, linear, task=task) < 0.8
    assert share(targets.tolist(), random.normal(size=(ROWS, 1)) * 9, linear, task=task) == 0.0


def test_the_standard_error_of_a_paired_difference() -> None:
    differences, texts = np.random.default_rng(0).normal(1, 2, size=50), np.arange(50)
    mean, error = paired(differences, np.ones(50), texts)
    assert (mean, error) == pytest.approx((differences.mean(), differences.std() / np.sqrt(50)))
    same = paired(differences, np.full(50, 7.0), texts)
    assert same == pytest.approx((mean, error)), "only proportions of weights matter"
    some = np.arange(50) < 20
    expected = differences[:20].mean(), differences[:20].std() / np.sqrt(20)
    assert paired(differences, some.astype(float), texts) == pytest.approx(expected)
    assert paired(np.tile(differences, 9), np.ones(450), np.tile(texts, 9)) == pytest.approx((mean, error)), (
        "copies add nothing"
    )


def test_copies_of_a_text_make_nothing_surer() -> None:
    """Two texts, 100 times each, say no more than two rows."""
    network, linear = margins(*[-3.0, 3.0] * 100), margins(*[-1.0, 2.0] * 100)
    apart, copies = (held_out(AB, TARGETS, texts=texts) for texts in (None, ["one", "two"] * 100))
    assert choose_share(Mixtures(apart, network, linear))[0] > 0
    assert Mixtures(copies, network, linear).gain(0.0, 1.0)[1] > 5 * Mixtures(apart, network, linear).gain(0.0, 1.0)[1]


# Trained estimators


@pytest.fixture
def options(small: dict[str, Any]) -> dict[str, Any]:
    return {**small, "baseline": True, "validation": 0.4}


@pytest.fixture
def both_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the few rows of these tests could show that the network makes the linear member better."""
    monkeypatch.setattr("reread.pipeline.stacking.LEAST_HELD_OUT", 1)
    monkeypatch.setattr("reread.pipeline.stacking.choose_share", lambda *_: (0.4, 0.1, 0.01))


@pytest.fixture
def noisy(labels: list[str]) -> list[str]:
    return [label if k % 5 else "odd" for k, label in enumerate(labels)]


def assert_stacked(model: Any, texts: list[str]) -> None:
    """The scores are the weighted mean of the members'."""
    fitted, members = model.fitted_, model.members_
    assert list(members) == ["network", "linear"]
    assert sum(members.values()) == pytest.approx(1)
    assert 0 < members["network"] < 1, "else this test shows little"
    linear, network = fitted.baseline.scores(texts), fitted.network().scores(texts)
    expected = members["linear"] * linear + members["network"] * network
    np.testing.assert_allclose(model.scores(texts), expected, rtol=1e-5, atol=1e-5)
    assert model.network_metrics_.keys() == model.validation_metrics_.keys() == model.baseline_metrics_.keys()


@pytest.mark.usefixtures("both_count")
def test_a_classifier(texts: list[str], noisy: list[str], options: dict[str, Any], tmp_path: Path) -> None:
    model = TextClassifier(**options).fit(texts, noisy)
    assert_stacked(model, texts)
    model.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert loaded.predict(texts).tolist() == model.predict(texts).tolist()
    np.testing.assert_allclose(loaded.predict_proba(texts), model.predict_proba(texts), atol=1e-5)
    double = pickle.loads(pickle.dumps(model))
    assert np.array_equal(double.predict_proba(texts), model.predict_proba(texts))
    assert model.answer == clone(model).answer == "stack"


@pytest.mark.usefixtures("both_count")
def test_a_regressor_with_the_intervals_of_what_answers(
    texts: list[str], prices: list[float], options: dict[str, Any], tmp_path: Path
) -> None:
    model = TextRegressor(**options).fit(texts, prices)
    assert_stacked(model, texts)
    model.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    np.testing.assert_allclose(loaded.predict(texts), model.predict(texts), rtol=1e-5)
    intervals = model.predict_interval(texts, 0.8)
    np.testing.assert_allclose(loaded.predict_interval(texts, 0.8), intervals, rtol=1e-5)
    alone = TextRegressor(**options, answer="network").fit(texts, prices)
    assert np.ptp(alone.predict_interval(texts, 0.8), axis=1)[0] != pytest.approx(np.ptp(intervals, axis=1)[0])


@pytest.mark.usefixtures("both_count")
def test_a_joint_model(texts: list[str], labels: list[str], prices: list[float], options: dict[str, Any]) -> None:
    model = JointTextModel(**options, numbers=["price"]).fit(texts, {"mood": labels, "price": prices})
    assert_stacked(model, texts)
    assert set(model.predict_proba(texts)) == {"mood"}


def test_few_rows_held_out_leave_the_answer_to_the_linear_member(
    texts: list[str], noisy: list[str], options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reread.pipeline.stacking.choose_share", lambda *_: (0.4, 0.1, 0.01))
    for least, network in ((24, 0.4), (25, 0.0)):
        monkeypatch.setattr("reread.pipeline.stacking.LEAST_HELD_OUT", least)
        model = TextClassifier(**options).fit(texts, noisy)
        assert model.fitted_.facts["validation_rows"] == 24
        assert model.members_ == {"network": network, "linear": 1 - network}
    np.testing.assert_array_equal(model.scores(texts), model.fitted_.baseline.scores(texts))
    assert model.validation_metrics_ == model.baseline_metrics_


@pytest.mark.usefixtures("both_count")
def test_each_answer_is_that_of_its_member(texts: list[str], noisy: list[str], options: dict[str, Any]) -> None:
    stack, network, linear = (
        TextClassifier(**options, answer=answer).fit(texts, noisy) for answer in ("stack", "network", "linear")
    )
    assert network.members_ == {"network": 1.0}
    assert linear.members_ == {"linear": 1.0}
    np.testing.assert_array_equal(network.scores(texts), stack.fitted_.network().scores(texts))
    np.testing.assert_array_equal(linear.scores(texts), stack.fitted_.baseline.scores(texts))
    assert np.abs(network.scores(texts) - linear.scores(texts)).max() > 1e-3
    for each in (stack, network, linear):
        assert each.network_metrics_ == network.validation_metrics_
        assert each.baseline_metrics_ == linear.validation_metrics_


def test_the_linear_member_learns_from_all_rows_once_everything_is_chosen(
    texts: list[str], noisy: list[str], options: dict[str, Any]
) -> None:
    stack = TextClassifier(**options).fit(texts, noisy)
    network = TextClassifier(**options, answer="network").fit(texts, noisy)
    rows = stack.fitted_.facts["validation_rows"]
    assert rows > 0
    assert stack.fitted_.baseline.facts["rows"] == len(texts)
    assert network.fitted_.baseline.facts["rows"] == len(texts) - rows
    assert stack.baseline_metrics_ == network.baseline_metrics_, "its figures are of the rows it had not seen"
    assert stack.network_metrics_ == network.network_metrics_


def test_a_linear_member_of_a_sample_is_not_trained_again_and_the_card_says_so(
    texts: list[str], noisy: list[str], options: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reread.baseline.limits.MAX_ROWS", 30)
    stack = TextClassifier(**options).fit(texts, noisy)
    network = TextClassifier(**options, answer="network").fit(texts, noisy)
    assert stack.fitted_.baseline.facts["rows"] == 30
    np.testing.assert_array_equal(stack.fitted_.baseline.weights, network.fitted_.baseline.weights)
    stack.save(tmp_path / "model")
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    assert "The linear member learned from 30 rows, none of them held out." in card


def test_a_linear_member_out_of_time_is_not_trained_again(texts: list[str], noisy: list[str]) -> None:
    plan = Plan(recipe=load_recipe("standard"), targets={"label": TargetPlan(task="classification")})
    prepared = prepare(examples_from_lists(texts, {"label": noisy}), plan, Silent())
    rows = []
    for deadline in (None, time.monotonic()):
        member = linear_member(prepared, plan, Run(deadline=deadline))
        assert member is not None
        rows.append(member.model.facts["rows"])
    assert rows == [len(texts), len(prepared.train)]


def test_without_rows_held_out_both_count_the_same(
    texts: list[str], noisy: list[str], options: dict[str, Any], tmp_path: Path
) -> None:
    model = TextClassifier(**{**options, "validation": 0}).fit(texts, noisy)
    assert model.members_ == {"network": 0.5, "linear": 0.5}
    assert_stacked(model, texts)
    assert model.validation_metrics_ == {}
    model.save(tmp_path / "model")
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    assert "50% network and 50% linear member, as no rows were held out to weigh them" in card


def test_quantiles_are_answered_by_the_network(texts: list[str], prices: list[float], options: dict[str, Any]) -> None:
    model = TextRegressor(**options, loss="quantile").fit(texts, prices)
    assert model.members_ == {"network": 1.0, "linear": 0.0}
    np.testing.assert_array_equal(model.scores(texts), model.fitted_.network().scores(texts))


def test_without_a_linear_member_the_network_answers(
    texts: list[str], labels: list[str], small: dict[str, Any]
) -> None:
    model = TextClassifier(**small).fit(texts, labels)
    assert model.members_ == {"network": 1.0}
    assert model.baseline_metrics_ == {}
    assert model.validation_metrics_ == model.network_metrics_


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"answer": "stak"}, 'unknown answer "stak". Did you mean "stack"'),
        (
            {"answer": "linear", "baseline": False},
            'answer="linear" with baseline=False: there is no linear member to answer',
        ),
        ({"answer": "linear", "loss": "quantile"}, 'answer="linear": the linear member learns no quantiles'),
        (
            {"answer": "linear", "settings": {"task": {"loss": "quantile"}}},
            'answer="linear": the linear member learns no quantiles',
        ),
        (
            {"baseline": False, "settings": {"training": {"offset": True}}},
            "training.offset=true with baseline=False: the network learns what the linear member leaves",
        ),
    ],
)
def test_answers_that_cannot_be(
    changes: dict[str, Any], message: str, texts: list[str], prices: list[float], options: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError, match=message):
        TextRegressor(**{**options, **changes}).fit(texts, prices)


def test_a_network_on_top_of_the_linear_member_begins_by_adding_nothing(
    texts: list[str], noisy: list[str], options: dict[str, Any]
) -> None:
    settings = {**options["settings"], "training": {"offset": True, "steps": 1}}
    model = TextClassifier(**{**options, "settings": settings, "learning_rate": 1e-9}).fit(texts, noisy)
    linear = model.fitted_.baseline.scores(texts)
    np.testing.assert_allclose(model.fitted_.network().scores(texts), linear, atol=1e-6)
    assert model.network_metrics_ == pytest.approx(model.baseline_metrics_, abs=1e-6)


@pytest.mark.parametrize("rows", [4, 9, 12])
def test_a_network_on_top_of_a_linear_member_of_few_rows(rows: int, options: dict[str, Any]) -> None:
    """Too few for folds: what is added is then what is known without a text."""
    settings = {**options["settings"], "training": {"offset": True}}
    some = [f"a {('good', 'bad')[k % 2]} film, take {k}" for k in range(rows)]
    model = TextClassifier(**{**options, "settings": settings}).fit(some, [k % 2 for k in range(rows)])
    assert model.predict(some).shape == (rows,)
    linear = model.fitted_.baseline.scores(some)
    np.testing.assert_allclose(
        model.fitted_.network().scores(some), linear + model.fitted_.scorer().scores(some), rtol=1e-5, atol=1e-5
    )


# Runs that keep the linear member in a file


def plan_of(small: dict[str, Any], **options: Any) -> Plan:
    training = {"epochs": 1, "threads": 1, "least_steps": 0, "validation": 0.4}
    recipe = load_recipe("rnn").with_settings({**small["settings"], "training": training})
    return Plan(recipe=recipe, targets={"label": TargetPlan(task="classification")}, **options)


def test_a_kept_linear_member_is_not_trained_again(
    texts: list[str], noisy: list[str], small: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples, run = examples_from_lists(texts, {"label": noisy}), Run(linear=tmp_path / "linear.safetensors")
    first, free = fit(examples, plan_of(small), run), fit(examples, plan_of(small))
    monkeypatch.setattr("reread.pipeline.baseline.fit_linear", lambda *_, **__: 1 / 0)
    again = fit(examples, plan_of(small, calibration="none"), run)
    assert first.baseline is not None
    assert free.baseline is not None
    assert again.baseline is not None
    np.testing.assert_array_equal(first.baseline.scores(texts), free.baseline.scores(texts))
    np.testing.assert_array_equal(first.baseline.scores(texts), again.baseline.scores(texts))
    assert first.baseline_validation == free.baseline_validation
    assert first.members == again.members == free.members


def test_one_that_was_not_to_answer_is_trained_again_if_it_is(
    texts: list[str], noisy: list[str], small: dict[str, Any], tmp_path: Path
) -> None:
    """A run that is resumed with another answer ends as one that had it from the start."""
    examples, run = examples_from_lists(texts, {"label": noisy}), Run(linear=tmp_path / "linear.safetensors")
    for answer in ("network", "stack", "network", "linear"):
        found, free = fit(examples, plan_of(small, answer=answer), run), fit(examples, plan_of(small, answer=answer))
        assert found.baseline is not None
        assert free.baseline is not None
        assert found.baseline.facts["rows"] == free.baseline.facts["rows"]
        np.testing.assert_array_equal(found.baseline.scores(texts), free.baseline.scores(texts))
