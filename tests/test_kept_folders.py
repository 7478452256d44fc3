"""Model folders of older versions, one of each kind of answer, open and answer as they did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reread import load
from support import folders

pytestmark = pytest.mark.usefixtures("one_thread")
KEPT = sorted(folders.DATA.glob("folders_*/*.json"))
TEXTS = [
    "a lovely film",
    "A DULL, plain book!",
    "这部电影很好看 (a lovely film)",
    "zyxwvut",
    "!!! ...",
    "the play was bright and lovely, but the meal was tedious and dull; " * 6,
]
"""As `data/make_folders.py` has them."""


@pytest.mark.parametrize("told", KEPT, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_kept_folder_answers_as_it_did(told: Path) -> None:
    model = load(told.with_suffix(".reread"), threads=1)
    for question, expected in json.loads(told.read_text(encoding="utf-8")).items():
        more = (0.5,) if question in {"predict_interval", "predict_set"} else ()
        same(getattr(model, question)(TEXTS, *more), expected)


def same(found: Any, expected: Any) -> None:
    """Equal names; numbers but for the rounding of another processor."""
    if isinstance(found, np.ndarray):
        found = found.tolist()
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            same(found[name], value)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-5, abs=1e-5)
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            same(one, other)
    else:
        assert found == expected


def test_one_of_each_kind_is_kept() -> None:
    kinds = {
        "folders_2026_11": {"classes", "labels", "order", "numbers", "joint", "blend"},
        "folders_2026_12": {"stack", "labels", "joint", "offset"},
    }
    for folder, expected in kinds.items():
        assert {path.stem for path in KEPT if path.parent.name == folder} == expected
    assert len(KEPT) == 10


@pytest.mark.parametrize(("folder", "version"), [("folders_2026_11", 1), ("folders_2026_12", 2)])
def test_they_are_of_both_versions(folder: str, version: int) -> None:
    for told in (folders.DATA / folder).glob("*.json"):
        config = json.loads((told.with_suffix(".reread") / "config.json").read_text(encoding="utf-8"))
        assert config["format_version"] == version
        if version == 2:
            assert config["members"] == {"network": 0.4, "linear": 0.6}
