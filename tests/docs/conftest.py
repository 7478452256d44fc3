"""A fresh checkout, small enough that commands of pages run in seconds."""

from __future__ import annotations

import csv
import gzip
import tomllib
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import pytest
import tomli_w

from reread.recipes import DEFAULT
from support.pages import ROOT

RECIPES = ROOT / "src" / "reread" / "recipes"
MESSAGES = Path("examples", "sms_spam", "sms_spam.csv.gz")
ROWS = 120


@pytest.fixture
def short_training(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default recipe names a small network, few steps and one thread, as nothing that is typed does."""
    recipe = tomllib.loads((RECIPES / f"{DEFAULT}.toml").read_text(encoding="utf-8"))
    recipe["model"] |= {"hidden": 8, "embedding_dim": 8, "latent": [8]}
    recipe["training"] |= {"epochs": 2, "least_steps": 0, "threads": 1}
    folder = tmp_path_factory.mktemp("recipes")
    (folder / f"{DEFAULT}.toml").write_text(tomli_w.dumps(recipe), encoding="utf-8")
    monkeypatch.setattr("reread.recipes.resources", SimpleNamespace(files=lambda _: folder))


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: as a fresh checkout, with fewer messages."""
    place = tmp_path / MESSAGES
    place.parent.mkdir(parents=True)
    with (
        gzip.open(ROOT / MESSAGES, "rt", encoding="utf-8", newline="") as source,
        gzip.open(place, "wt", encoding="utf-8", newline="") as some,
    ):
        csv.writer(some).writerows(islice(csv.reader(source), ROWS + 1))
    monkeypatch.chdir(tmp_path)
    return tmp_path
