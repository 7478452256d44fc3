"""The pretrained folder: written whole, read back, refused if it is not what it says."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from reread.errors import BundleError, ConfigError, NotABundleError
from reread.pretrained import Pretrained, PretrainedConfig, read_pretrained, save_pretrained
from reread.pretrained.folder import FILES, TABLE
from reread.recipes.spec import ModelSpec
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.vocabulary import Vocabulary

TOKENS = ("lovely", "dull", "\ud800", "a b")


def made() -> Pretrained:
    encoder = TextEncoder(TextSettings.for_language("en"), [Vocabulary(TOKENS)])
    config = PretrainedConfig(
        recipe="standard",
        model=asdict(ModelSpec(embedding_dim=3, hidden=2)),
        text=encoder.to_config(),
        texts=5,
        tokens=40,
        words=80,
        sha256="ab",
        perplexity=20.5,
        unigram_perplexity=33.0,
        predictions=12,
    )
    weights = {TABLE.format(0): np.arange(15, dtype=np.float32).reshape(5, 3), "layers.0.x": np.ones(2, np.float32)}
    return Pretrained(config=config, encoder=encoder, counts=[np.array([3, 9, 8, 2, 2])], weights=weights)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_pretrained(made(), tmp_path / "x.pretrained")
    return tmp_path / "x.pretrained"


def test_what_is_written_is_read(folder: Path) -> None:
    read, original = read_pretrained(folder), made()
    assert read.config.spec() == original.config.spec()
    assert read.config.perplexity == 20.5
    assert read.vocabularies == original.vocabularies
    assert read.encoder.settings == original.encoder.settings
    assert [counts.tolist() for counts in read.counts] == [[3, 9, 8, 2, 2]]
    assert read.weights.keys() == original.weights.keys()
    assert all(np.array_equal(array, original.weights[name]) for name, array in read.weights.items())
    assert sorted(path.name for path in folder.iterdir()) == sorted([*FILES, "SHA256SUMS"])


@pytest.mark.parametrize("name", FILES)
def test_a_changed_or_missing_file_is_refused(name: str, folder: Path) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(BundleError, match=f"{name} differs from its checksum"):
        read_pretrained(folder)
    (folder / name).unlink()
    with pytest.raises(BundleError, match=r"is missing: the folder is incomplete|has no pretrained\.json"):
        read_pretrained(folder)


def test_a_folder_without_checksums_is_incomplete(folder: Path) -> None:
    (folder / "SHA256SUMS").unlink()
    with pytest.raises(BundleError, match="SHA256SUMS is missing: the folder is incomplete; pretrain or copy it again"):
        read_pretrained(folder)


def test_parts_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    short = replace(made(), weights={TABLE.format(0): np.zeros((4, 3), np.float32)})
    save_pretrained(short, tmp_path / "x")
    with pytest.raises(BundleError, match=r"5 tokens and 5 counts, the vectors are \(4, 3\)"):
        read_pretrained(tmp_path / "x")
    save_pretrained(replace(made(), weights={}), tmp_path / "y")
    with pytest.raises(BundleError, match="y cannot be read as a pretrained folder: KeyError"):
        read_pretrained(tmp_path / "y")


def test_a_folder_of_a_newer_format_is_refused(tmp_path: Path) -> None:
    newer = made()
    save_pretrained(replace(newer, config=replace(newer.config, format_version=2)), tmp_path / "x")
    with pytest.raises(BundleError, match="format version 2; this reread reads up to 1: upgrade reread"):
        read_pretrained(tmp_path / "x")
    with pytest.raises(ConfigError, match="is not a pretrained folder; overwrite=True replaces"):
        save_pretrained(newer, tmp_path / "x", overwrite=True)


def test_what_is_no_pretrained_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotABundleError, match=r"absent does not exist; expected a folder of reread pretrain"):
        read_pretrained(tmp_path / "absent")
    (tmp_path / "config.json").write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(NotABundleError, match=r"is not a folder of reread pretrain: it has no pretrained\.json"):
        read_pretrained(tmp_path)


def test_only_pretrained_folders_are_replaced(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="exists; choose another folder or pass overwrite=True"):
        save_pretrained(made(), folder)
    save_pretrained(made(), folder, overwrite=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x", encoding="utf-8")
    with pytest.raises(ConfigError, match="is not a pretrained folder; overwrite=True replaces"):
        save_pretrained(made(), tmp_path / "mine", overwrite=True)
