"""A task is one file: those defined here train, are stacked, saved and opened, and answer, with no edit elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from reread import bundle, load
from reread.data.lists import examples_from_lists
from reread.insight.audit.judges import judge_of
from reread.insight.report import Measured, render
from reread.monitoring.watch import DriftWatch
from reread.pipeline.facts import model_facts
from reread.pipeline.fit import fit
from reread.pipeline.fitted import Fitted
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.saving import artefacts
from reread.recipes import load_recipe
from reread.tasks import Task, tasks
from reread.tasks.aims import Aim, one_score, place_of
from reread.tasks.base import ClassWeights, Floats, Targets
from reread.tasks.labels import learn_classes
from reread.tasks.metrics import mae
from reread.tasks.mixing import mean_logits
from reread.tasks.single_label import SingleLabelTask, log_sigmoid
from reread.typing import override
from support import made_facts
from support.small_estimators import SMALL

pytestmark = pytest.mark.usefixtures("one_thread", "new_tasks")
SOURCE = Path(__file__).parents[2] / "src" / "reread"
TEXTS = [
    f"{('a lovely', 'an awful')[k % 2]} {('film', 'book', 'play')[k % 3]} number {'abcdefghij'[k % 10]}{k // 10}"
    for k in range(120)
]
SIDES = [("praise", "blame")[k % 2] for k in range(120)]
SHARES = [round(0.3 + 0.4 * (k % 2) + k / 1000, 3) for k in range(120)]


class Binary(SingleLabelTask):
    """One of two classes by one score, the log-odds of the second."""

    name = "binary"
    headline = "mcc"
    higher_is_better = True
    loss = "ordinal_cross_entropy"
    linear_fit = "ordinal_logistic"

    @property
    @override
    def size(self) -> int:
        return 1

    @classmethod
    @override
    def fit(cls, targets: Sequence[Any]) -> Self:
        return cls(learn_classes(targets))

    @override
    def class_probabilities(self, scores: Floats) -> Floats:
        return np.exp(self.class_log_probabilities(scores))

    @override
    def class_log_probabilities(self, scores: Floats) -> Floats:
        return log_sigmoid(scores * np.array([-1.0, 1.0]))

    @override
    def choice(self, scores: Floats) -> NDArray[np.int64]:
        return (scores[:, 0] > 0).astype(np.int64)

    @override
    def scores_of_shares(self, shares: Floats) -> Floats:
        return np.log(shares[1:]) - np.log(shares[:1])

    @override
    def events(self, encoded: Targets) -> NDArray[np.bool_]:
        return encoded[:, :1] > 0

    @override
    def metrics(self, targets: Sequence[Any], scores: ArrayLike, weights: ArrayLike | None = None) -> dict[str, float]:
        figures = super().metrics(targets, scores, weights)
        return {"mcc": figures["mcc"], **figures}

    @override
    def aim(self, scores: ArrayLike, target: object = None) -> Aim:
        place = 1 if target is None else place_of(target, self.classes, "class")
        return one_score(str(self.classes[place]), 1, 0, [place])

    @override
    def _mix(self, scores: Floats, weights: Floats) -> Floats:
        return mean_logits(scores, weights)


class Share(Task):
    """A number from 0 to 1; what a network says beyond is cut."""

    name = "share"
    headline = "mae"
    higher_is_better = False
    loss = "absolute"
    linear_fit = "ridge"
    blend_criterion = "rmse"
    outcome = "number"
    residual_kind = "interval"
    size = 1
    target_width = 1

    def __init__(self, mean: float, scale: float) -> None:
        self.mean, self.scale = mean, scale

    @classmethod
    @override
    def fit(cls, targets: Sequence[Any]) -> Self:
        return cls(float(np.mean(targets)), float(np.std(targets)))

    @override
    def encode(self, targets: Sequence[Any]) -> Targets:
        return ((np.array(targets) - self.mean) / self.scale).astype(np.float32)[:, None]

    @override
    def prior_scores(self, encoded: Targets, weights: ArrayLike, class_weights: ClassWeights | None = None) -> Floats:
        return np.median(encoded, axis=0).astype(np.float64)

    @override
    def losses(self, encoded: Targets, scores: ArrayLike) -> Floats:
        return np.abs(encoded - self._check(scores))[:, 0]

    @override
    def probabilities(self, scores: ArrayLike) -> None:
        return None

    @override
    def residuals(self, targets: Sequence[Any], scores: ArrayLike) -> Floats:
        return np.abs(np.array(targets) - self.predict(scores))

    @override
    def predict(self, scores: ArrayLike) -> list[Any]:
        return np.clip(self._check(scores)[:, 0] * self.scale + self.mean, 0, 1).tolist()

    @override
    def columns(self, scores: ArrayLike) -> dict[str, list[Any]]:
        return {"prediction": self.predict(scores)}

    @override
    def metrics(self, targets: Sequence[Any], scores: ArrayLike, weights: ArrayLike | None = None) -> dict[str, float]:
        return {"mae": mae(np.array(targets), np.array(self.predict(scores)), weights)}

    @override
    def aim(self, scores: ArrayLike, target: object = None) -> Aim:
        return Aim(name="the share", unit="shares", weights=np.array([self.scale]), offset=self.mean)

    @override
    def _mix(self, scores: Floats, weights: Floats) -> Floats:
        return np.tensordot(weights, scores, axes=1)

    @override
    def settings(self) -> dict[str, Any]:
        return {"mean": self.mean, "scale": self.scale}


NEW: dict[str, type[Task]] = {"binary": Binary, "share": Share}
TARGETS: dict[str, list[Any]] = {"binary": SIDES, "share": SHARES}


@pytest.fixture(scope="module")
def new_tasks() -> Any:
    """The tasks of this file, known as long as its tests run."""
    known = tasks.names()
    with pytest.MonkeyPatch.context() as patch:
        for name, task in NEW.items():
            patch.setitem(tasks._entries, name, task)
        yield
    assert tasks.names() == known


def trained(*names: str) -> Fitted:
    training = {"epochs": 3, "validation": 0.4, "threads": 1}
    recipe = load_recipe("bilstm_max").with_settings({**SMALL, "training": training})
    plan = Plan(recipe=recipe, targets={name: TargetPlan(task=name) for name in names})
    return fit(examples_from_lists(TEXTS, {name: TARGETS[name] for name in names}), plan)


@pytest.fixture(scope="module", params=["binary", "share", "joint"])
def fitted(request: pytest.FixtureRequest, new_tasks: None) -> Fitted:
    return trained(*(NEW if request.param == "joint" else [request.param]))


def saved(fitted: Fitted, folder: Path) -> Path:
    bundle.save(artefacts(fitted, {}), folder / "new.reread")
    return folder / "new.reread"


def answers_of(model: Any, task: Task) -> dict[str, Any]:
    """Every kind of answer that a model of the task gives."""
    each = [task, *task.parts.values()]
    answers = {"predict": model.predict(TEXTS)}
    if any(part.classes for part in each):
        answers["predict_proba"] = model.predict_proba(TEXTS)
        answers["predict_set"] = model.predict_set(TEXTS, 0.8)
        answers["abstained"] = model.predict(TEXTS, abstain_below=0.9)
    if any(part.residual_kind == "interval" for part in each):
        answers["predict_interval"] = model.predict_interval(TEXTS, 0.8)
    return answers


def assert_alike(found: Any, expected: Any) -> None:
    """Equal names and classes; numbers but for the rounding of another backend."""
    assert type(found) is type(expected)
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            assert_alike(found[name], value)
    elif isinstance(expected, np.ndarray | list):
        assert len(found) == len(expected)
        for one, other in zip(list(found), list(expected), strict=True):
            assert_alike(one, other)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-5, abs=1e-5)
    else:
        assert found == expected


def test_a_new_task_is_stacked_and_answers_the_same_from_its_folder(fitted: Fitted, tmp_path: Path) -> None:
    assert fitted.answer == "stack"
    assert sum(fitted.members.values()) == pytest.approx(1)
    opened = load(saved(fitted, tmp_path))
    assert opened.task.to_config() == fitted.task.to_config()
    assert_alike(answers_of(opened, fitted.task), answers_of(fitted.model(), fitted.task))


def test_a_new_task_learns_what_it_is_shown() -> None:
    answers = trained("binary", "share").model().predict(TEXTS)
    assert np.mean([answer["binary"] == side for answer, side in zip(answers, SIDES, strict=True)]) > 0.95
    assert np.mean([abs(answer["share"] - share) for answer, share in zip(answers, SHARES, strict=True)]) < 0.1


def test_a_new_task_is_calibrated_and_its_sets_and_intervals_hold_the_truth() -> None:
    model = trained("binary", "share").model()
    assert "binary: temperature" in model.postprocessor.calibrated_by()
    sets, intervals = model.predict_set(TEXTS, 0.9)["binary"], model.predict_interval(TEXTS, 0.9)["share"]
    assert np.mean([side in each for side, each in zip(SIDES, sets, strict=True)]) >= 0.8
    assert np.mean((intervals[:, 0] <= SHARES) & (intervals[:, 1] >= SHARES)) >= 0.8


def test_a_new_task_has_its_sections_in_the_report(fitted: Fitted) -> None:
    made, held = artefacts(fitted, {}), fitted.held_out
    assert held is not None
    texts = [TEXTS[row] for row in held.rows]
    rows = Measured(
        tasks=held.tasks,
        targets=held.targets,
        scores=held.scores,
        texts=texts,
        place="row {}".format,
        name="target",
        weights=held.weights,
    )
    model = model_facts(made.config, made.metrics)
    page = render(made_facts.facts(rows, model, figures=model.figures))
    each = [task.outcome for task in (fitted.task, *fitted.task.parts.values())]
    assert ("How good is each class?" in page) == ("class" in each)
    assert ("How far off is it?" in page) == ("number" in each)


def test_drift_watches_the_answers_of_a_new_task(fitted: Fitted, tmp_path: Path) -> None:
    watch = DriftWatch(bundle.read_bundle(saved(fitted, tmp_path)))
    watch.add(TEXTS)
    assert watch.note == ""
    names = {shift.name for shift in watch.verdict().shifts}
    prefixes = [f"{name}." for name in fitted.task.parts] or [""]
    assert {f"{prefix}prediction" for prefix in prefixes} <= names
    assert {f"{prefix}confidence" for prefix in prefixes if "share" not in (prefix[:-1], fitted.task.name)} <= names


def test_targets_of_a_new_task_are_judged() -> None:
    answers = np.array([[0.5]] * 119 + [[90.0]])
    (worst,) = judge_of(Share(0.5, 0.2)).find(Share(0.5, 0.2), [0.5 + k / 1000 for k in range(120)], answers)
    assert worst.place == 119
    assert type(judge_of(Binary(["a", "b"]))) is type(judge_of(tasks.get("classification").fit(["a", "b"])))


CONCRETE = "Joint|Regression|Ordinal|Multilabel|SingleLabelTask|Classification|ClassTask"
ASKS = re.compile(
    rf"isinstance\([^()]*\b({CONCRETE})\b|issubclass\([^()]*\b({CONCRETE})\b|\.register\(({CONCRETE})\)"
    r"|task\.name (==|!=|in) |\[task\.name\]|\.get\(task\.name\)"
)


def test_no_other_room_asks_for_the_class_or_the_name_of_a_task() -> None:
    files = [path for path in SOURCE.rglob("*.py") if SOURCE / "tasks" not in path.parents]
    assert len(files) > 300
    found = [f"{path}: {hit[0]}" for path in files for hit in ASKS.finditer(path.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    "line",
    ["isinstance(task, Joint)", "isinstance(self.task, SingleLabelTask | Multilabel)", 'if task.name == "joint":',
     "isinstance(\n    part, ClassTask\n)", "FITTERS[task.name](task)", "@_answers.register(Regression)"],
)  # fmt: skip
def test_a_line_that_asks_is_found(line: str) -> None:
    assert ASKS.search(line)
