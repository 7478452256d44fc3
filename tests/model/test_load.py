"""What a folder answers with: its stack, a member of it, or the blend of a folder of version 1; or why it cannot."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reread import load, verify
from reread.baseline.stored import read_baseline
from reread.bundle import Artefacts, read_bundle, save
from reread.errors import BundleError, ConfigError
from reread.model.baseline import Baseline
from reread.model.blend import Blend
from reread.model.load import model_of, models_of
from reread.model.network import Network
from reread.model.stack import Stack
from support import folders

TEXTS = ["a lovely film", "A dull, dull play", "", "the book and the meal " * 40]
WEIGHTS = {"network": 0.25, "baseline": 0.75}


@pytest.fixture(scope="module")
def old() -> Artefacts:
    return folders.artefacts_of(read_bundle(folders.OLD))


def blended(old: Artefacts, folder: Path, weights: Any = WEIGHTS, **changes: Any) -> Path:
    save(replace(old, config=replace(old.config, blend=weights), **changes), folder)
    return folder


def test_a_folder_answers_with_its_blend(old: Artefacts, tmp_path: Path) -> None:
    folder = blended(old, tmp_path / "model")
    network = read_bundle(folder)
    baseline = read_baseline(network.files)
    assert baseline is not None
    task = network.scorer.task
    ours, theirs = (np.asarray(task.probabilities(model.scores(TEXTS))) for model in (network.scorer, baseline))
    model = load(folder)
    assert isinstance(model, Blend)
    np.testing.assert_allclose(model.predict_proba(TEXTS), 0.25 * ours + 0.75 * theirs, rtol=1e-6)
    assert not np.allclose(ours, theirs, atol=1e-3)


def test_a_folder_of_before_there_were_blends_answers_with_its_network(old: Artefacts, tmp_path: Path) -> None:
    assert "blend" not in json.loads((folders.OLD / "config.json").read_text(encoding="utf-8"))
    for folder in (folders.OLD, blended(old, tmp_path / "model", weights=None)):
        assert isinstance(load(folder), Network)
        assert "blend" not in [check.name for check in verify(folder)]


def test_it_answers_where_torch_and_scikit_learn_are_not_installed(old: Artefacts, tmp_path: Path) -> None:
    folder = blended(old, tmp_path / "model")
    code = (
        "import sys\n"
        "for name in ('torch', 'sklearn', 'scipy', 'pandas', 'pyarrow'): sys.modules[name] = None\n"
        f"from reread import load\nprint(load({str(folder)!r}, threads=1).predict_proba({TEXTS!r}).tolist())"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    np.testing.assert_allclose(json.loads(output), load(folder).predict_proba(TEXTS), atol=1e-6)


def test_verify_reads_the_weights(old: Artefacts, tmp_path: Path) -> None:
    checks = {check.name: check for check in verify(blended(old, tmp_path / "good"))}
    assert all(check.ok for check in checks.values())
    assert checks["blend"].detail == "0.25 network, 0.75 baseline"
    assert {"linear member: batch and order", "linear member: kernel"} <= checks.keys()
    wrong = verify(blended(old, tmp_path / "wrong", {"network": 0.5, "baseline": 0.6}))
    assert [check.name for check in wrong if not check.ok] == ["blend"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weights": {"network": 0.5, "baseline": 0.6}}, "blend weights 0.5, 0.6; each must be at least 0"),
        ({"weights": {"network": 1.5, "baseline": -0.5}}, "blend weights 1.5, -0.5; each must be at least 0"),
        ({"weights": {"network": 1}}, 'config.json: blend lacks "baseline"'),
        ({"weights": {"network": 1, "baseline": "none"}}, "config.json: blend: baseline = "),
        ({"weights": [0.5, 0.5]}, "config.json: blend holds no table"),
        ({"baseline": {}, "baseline_arrays": {}}, "answers with a linear member, but holds none: train it again"),
        ({"metrics": {"blend_residuals": "many"}}, "cannot be read as a model folder"),
    ],
)
def test_a_blend_that_cannot_be(old: Artefacts, tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    folder = blended(old, tmp_path / "model", **changes)
    with pytest.raises(BundleError, match=re.escape(message)) as caught:
        load(folder)
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)


def of_three_classes(old: Artefacts) -> dict[str, Any]:
    """The arrays of a linear member that gives three scores a text; the network gives two."""
    weights = np.zeros((len(old.baseline["features"]), 3), dtype=np.float32)
    return {**old.baseline_arrays, "weights": weights, "intercept": np.zeros(3, dtype=np.float32)}


OTHER_CLASSES = "its linear member gives 3 scores a text, its task has 2: train it again"


def test_a_baseline_of_other_classes_is_told_when_opening(old: Artefacts, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=OTHER_CLASSES):
        load(blended(old, tmp_path / "model", baseline_arrays=of_three_classes(old)))


# Folders of version 2


def stacked(old: Artefacts, folder: Path, answer: str = "stack", **changes: Any) -> Path:
    """The old folder as version 2 writes it."""
    facts = {"format_version": 2, "answer": answer, "members": {"network": 0.3, "linear": 0.7}}
    files = {name: changes.pop(name) for name in ("baseline", "baseline_arrays") if name in changes}
    save(replace(old, config=replace(old.config, **{**facts, **changes}), **files), folder)
    return folder


@pytest.mark.parametrize(("answer", "kind"), [("stack", Stack), ("network", Network), ("linear", Baseline)])
def test_a_folder_answers_as_it_says(old: Artefacts, tmp_path: Path, answer: str, kind: type) -> None:
    folder = stacked(old, tmp_path / "model", answer)
    model, bundle = load(folder), read_bundle(folder)
    assert isinstance(model, kind)
    assert next(iter(models_of(bundle))) == answer
    expected = model_of(bundle, answer).scores(TEXTS)
    np.testing.assert_array_equal(model.scores(TEXTS), expected)
    others = [model_of(bundle, other).scores(TEXTS) for other in {"stack", "network", "linear"} - {answer}]
    assert all(np.abs(expected - other).max() > 1e-3 for other in others), "else this test shows little"


@pytest.mark.parametrize("answer", ["stack", "network", "linear"])
def test_a_linear_member_of_other_classes_is_told_whatever_answers(old: Artefacts, tmp_path: Path, answer: str) -> None:
    with pytest.raises(BundleError, match=OTHER_CLASSES):
        load(stacked(old, tmp_path / "model", answer, baseline_arrays=of_three_classes(old)))


def test_a_stack_answers_with_the_weighted_mean_of_scores(old: Artefacts, tmp_path: Path) -> None:
    bundle = read_bundle(stacked(old, tmp_path / "model"))
    ours, theirs = (model_of(bundle, name).scores(TEXTS) for name in ("network", "linear"))
    np.testing.assert_allclose(model_of(bundle).scores(TEXTS), 0.3 * ours + 0.7 * theirs, rtol=1e-6, atol=1e-6)


def test_a_network_that_learned_what_the_linear_member_leaves_comes_on_top_of_it(
    old: Artefacts, tmp_path: Path
) -> None:
    bundle = read_bundle(stacked(old, tmp_path / "model", offset=True))
    assert bundle.baseline is not None
    own, linear = bundle.scorer.scores(TEXTS), bundle.baseline.scores(TEXTS)
    np.testing.assert_allclose(model_of(bundle, "network").scores(TEXTS), linear + own, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(model_of(bundle).scores(TEXTS), linear + 0.3 * own, rtol=1e-6, atol=1e-6)


def test_each_part_reads_its_scores_by_its_own_calibration(old: Artefacts, tmp_path: Path) -> None:
    powers = {"network": 2.0, "linear": 3.0, "stack": 4.0}
    learned = {part: {"method": "temperature", "temperature": power} for part, power in powers.items()}
    bundle = read_bundle(stacked(old, tmp_path / "model", calibration=learned))
    for part, power in powers.items():
        model = model_of(bundle, part)
        expected = bundle.scorer.task.probabilities(model.scores(TEXTS) / power)
        np.testing.assert_allclose(np.asarray(model.predict_proba(TEXTS)), expected, rtol=1e-5)


def test_a_folder_without_a_linear_member_has_the_network_alone(old: Artefacts, tmp_path: Path) -> None:
    folder = stacked(old, tmp_path / "model", "network", members=None, baseline={}, baseline_arrays={})
    assert list(models_of(read_bundle(folder))) == ["network"]
    for part, what in (("stack", "stack"), ("linear", "linear member")):
        with pytest.raises(ConfigError, match=f"holds no {what}: it was trained without one"):
            model_of(read_bundle(folder), part)


def test_verify_reads_the_members(old: Artefacts, tmp_path: Path) -> None:
    checks = {check.name: check for check in verify(stacked(old, tmp_path / "good"))}
    assert all(check.ok for check in checks.values())
    assert checks["members"].detail == "0.30 network, 0.70 linear"
    wrong = verify(stacked(old, tmp_path / "wrong", members={"network": 0.5, "linear": 0.6}))
    assert [check.name for check in wrong if not check.ok] == ["members"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"members": {"network": 0.5, "linear": 0.6}}, "weights 0.5, 0.6; each must be at least 0"),
        ({"members": {"network": 1.0}}, "its members cannot be put together"),
        ({"members": {"network": 1.0, "linear": "none"}}, "config.json: members"),
        ({"members": None}, 'its members cannot be put together: unknown answer "stack". Known: network, linear'),
        ({"answer": "stak"}, 'unknown answer "stak". Did you mean "stack"?'),
        ({"baseline": {}, "baseline_arrays": {}}, "answers with a linear member, but holds none"),
        (
            {"answer": "linear", "members": None, "baseline": {}, "baseline_arrays": {}},
            "answers with a linear member, but holds none",
        ),
    ],
)
def test_a_stack_that_cannot_be(old: Artefacts, tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    folder = stacked(old, tmp_path / "model", **changes)
    with pytest.raises(BundleError, match=re.escape(message)) as caught:
        load(folder)
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)
