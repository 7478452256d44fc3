"""A folder with a blend answers with it, and says so where it cannot."""

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
from reread.baseline.linear import read_baseline
from reread.bundle import Artefacts, read_bundle, save
from reread.errors import BundleError
from reread.model.blend import Blend
from reread.model.network import Network
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
    *others, last = verify(blended(old, tmp_path / "good"))
    assert all(check.ok for check in others)
    assert (last.name, last.ok, last.detail) == ("blend", True, "0.25 network, 0.75 baseline")
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
        ({"baseline": {}, "baseline_arrays": {}}, "blends its network with a linear baseline, but holds none"),
        ({"metrics": {"blend_residuals": "many"}}, "cannot be read as a model folder"),
    ],
)
def test_a_blend_that_cannot_be(old: Artefacts, tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    folder = blended(old, tmp_path / "model", **changes)
    with pytest.raises(BundleError, match=re.escape(message)) as caught:
        load(folder)
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_baseline_of_other_classes_is_told_when_opening(old: Artefacts, tmp_path: Path) -> None:
    arrays = {**old.baseline_arrays, "weights": np.zeros((len(old.baseline["features"]), 3), dtype=np.float32)}
    arrays["intercept"] = np.zeros(3, dtype=np.float32)
    with pytest.raises(BundleError, match=r"its blend cannot be put together: scores of shape \(1, 3\)"):
        load(blended(old, tmp_path / "model", baseline_arrays=arrays))
