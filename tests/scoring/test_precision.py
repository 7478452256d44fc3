"""What a lower precision costs is measured, stated, and refused where it is too much."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reread import load
from reread.bundle import read_bundle, save
from reread.errors import ConfigError
from reread.kernel import available
from reread.scoring.backends import choose, fastest
from reread.scoring.joint_postprocessor import postprocessor_of
from reread.scoring.postprocessor import Postprocessor
from reread.scoring.precision import answers_changed, check_statement, state
from reread.tasks.classification import Classification
from reread.tasks.joint import Joint
from reread.tasks.regression import Regression
from support import folders

STATED = {"rows": 200, "changed": 0.004, "metric": "accuracy", "exact": 0.9, "found": 0.898, "lost": 0.002}


def test_classes_that_changed_and_accuracy_that_was_lost() -> None:
    postprocessor = Postprocessor(Classification(["bad", "good"]))
    exact = np.array([[1.0, 0.0], [0.0, 1.0], [0.1, 0.0], [0.0, 2.0]])
    found = np.array([[0.9, 0.0], [0.0, 1.0], [0.0, 0.1], [0.0, 2.0]])
    assert answers_changed(postprocessor, exact, found).tolist() == [False, False, True, False]
    stated = state(postprocessor, ["bad", "good", "bad", "bad"], exact, found)
    assert (stated["rows"], stated["changed"], stated["metric"]) == (4, 0.25, "accuracy")
    assert (stated["exact"], stated["found"]) == (0.75, 0.5)
    assert stated["lost"] == pytest.approx(1 / 3)
    assert state(postprocessor, ["bad", "good", "good", "good"], exact, found)["lost"] == 0  # a gain is no loss


def test_a_number_has_changed_where_it_moved_by_more_than_a_hundredth_of_the_spread() -> None:
    postprocessor = Postprocessor(Regression.fit([0.0, 1.0, 2.0, 3.0]))
    exact = np.array([[-1.0], [0.0], [1.0], [2.0]])
    moved = exact + np.array([[0.0], [0.005], [0.02], [-0.02]])
    assert answers_changed(postprocessor, exact, moved).tolist() == [False, False, True, True]
    assert state(postprocessor, postprocessor.predict(exact), exact, moved)["lost"] > 0


def test_a_joint_answer_changed_where_any_part_did() -> None:
    task = Joint({"kind": Classification(["a", "b"]), "price": Regression.fit([0.0, 10.0])})
    postprocessor = postprocessor_of(task)
    exact = np.zeros((3, task.size)) + np.arange(task.size) + np.array([[0.0], [1.0], [2.0]])
    found = exact.copy()
    found[1] = found[1][::-1]
    assert answers_changed(postprocessor, exact, found).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("statements", "limit", "message"),
    [
        ({"int8": STATED}, 0.01, ""),
        ({"int8": STATED}, 0.003, r"^int8 changes 0.40% of the answers on 200 validation rows; the limit is 0.30%$"),
        ({"int8": {**STATED, "lost": 0.02}}, 0.01, r"^int8 loses 2.00% of accuracy on 200 validation rows; the limit is 1.00%$"),
        ({}, 0.5, r"^the model folder does not say what int8 changes: .*measure it with reread evaluate MODEL DATA --precision int8"),
        (None, 0.5, "does not say what int8 changes"),
        ({"bfloat16": STATED}, 0.5, "does not say what int8 changes"),
        ({"int8": {"rows": 3}}, 0.5, "metrics.json: precision: int8"),
        ({"int8": {**STATED, "changed": float("nan")}}, 0.5, "changed = NaN: expected a number from 0 to 1"),
        ({"int8": {**STATED, "lost": -0.1}}, 0.5, "lost = -0.1: expected a number at least 0"),
        ({}, 1.0, ""),
    ],
)  # fmt: skip
def test_what_is_too_much_is_refused(statements: Any, limit: float, message: str) -> None:
    if not message:
        check_statement(statements, "int8", limit)
        return
    with pytest.raises(ConfigError, match=message) as caught:
        check_statement(statements, "int8", limit)
    assert "\n" not in str(caught.value)


needs_kernel = pytest.mark.skipif(not available(), reason="the kernel was not built here")


@needs_kernel
def test_a_folder_answers_in_the_precision_that_is_asked_for(tmp_path: Path) -> None:
    good = folders.artefacts_of(read_bundle(folders.OLD))
    folder, texts = tmp_path / "model", ["a lovely film", "dull"]
    save(replace(good, metrics={**good.metrics, "precision": {"int8": STATED}}), folder)
    exact, rough = load(folder).scores(texts), load(folder, precision="int8").scores(texts)
    assert (exact != rough).any()
    assert np.abs(exact - rough).max() < 0.05
    with pytest.raises(ConfigError, match=r"the limit is 0\.10%"):
        load(folder, precision="int8", limit=0.001)
    with pytest.raises(ConfigError, match="does not say what int8 changes"):
        load(folders.OLD, precision="int8")
    assert (load(folders.OLD, precision="int8", limit=1).scores(texts) == rough).all()


def took(monkeypatch: pytest.MonkeyPatch, **seconds: float) -> None:
    """Let each precision take so long."""
    monkeypatch.setattr(choose, "seconds", lambda backends, _: {name: seconds[name] for name in backends})


@pytest.fixture(scope="module")
def cheap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose int8 changes little; nothing is stated of its bfloat16."""
    good, folder = folders.artefacts_of(read_bundle(folders.OLD)), tmp_path_factory.mktemp("cheap") / "model"
    save(replace(good, metrics={**good.metrics, "precision": {"int8": STATED}}), folder)
    return folder


@needs_kernel
@pytest.mark.parametrize(
    ("int8", "limit", "chosen"), [(0.5, 0.01, "int8"), (0.5, 0.001, "float32"), (0.95, 0.01, "float32"), (2.0, 0.01, "float32")]
)  # fmt: skip
def test_auto_is_the_fastest_within_the_limit(
    int8: float, limit: float, chosen: str, cheap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    took(monkeypatch, float32=1.0, int8=int8)  # of bfloat16, of which nothing is stated, nothing is measured
    model = load(cheap, precision="auto", limit=limit)
    assert model.network().backend.precision == chosen
    assert (model.scores(["dull"]) == load(cheap, precision=chosen).scores(["dull"])).all()


@needs_kernel
@pytest.mark.parametrize(("int8", "said"), [(0.5, 0), (1.05, 0), (2.0, 1)])
def test_a_slower_precision_is_said(
    int8: float, said: int, cheap: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    took(monkeypatch, float32=1.0, int8=int8)
    assert load(cheap, precision="int8").network().backend.precision == "int8"
    assert len(caplog.messages) == said
    assert all(
        re.match(r"int8 is slower than float32 on this .*: it takes 2\.00 times as long$", each)
        for each in caplog.messages
    )


@needs_kernel
def test_every_precision_is_measured(cheap: Path) -> None:
    backends = {name: read_bundle(cheap, precision=name).scorer.backend for name in ("float32", "int8")}
    found = fastest.seconds(backends, read_bundle(cheap).scorer.network.sizes)
    assert found.keys() == backends.keys()
    assert all(0 < each < 60 for each in found.values())


def test_auto_without_the_kernel_is_float32(cheap: Path) -> None:
    assert load(cheap, backend="onnx", precision="auto").network().backend.precision == "float32"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"precision": "int4"}, 'unknown precision "int4"'),
        ({"backend": "kernle"}, 'unknown backend "kernle". Did you mean "kernel"?'),
        ({"backend": "onnx", "precision": "int8"}, "with backend onnx use float32"),
        ({"limit": 2}, "limit = 2: expected"),
    ],
)
def test_choices_that_cannot_be(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(folders.OLD, **options)
    assert message in str(caught.value)
