"""GloVe from a package: what is read of it, and what is said where it is missing or damaged."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reread.errors import DataError, MissingExtraError
from reread.vectors.catalogue import fetch_vectors, list_vectors
from reread.vectors.catalogue.glove import PACKAGE, WORDS
from reread.vectors.sources import vector_source
from support.glove_package import GLOVE_WORDS, lay_package


def here() -> bool:
    return next(item["here"] for item in list_vectors() if item["name"] == "glove-50d")


def test_the_rows_of_the_package_are_those_of_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = lay_package(tmp_path, monkeypatch)
    file = vector_source("glove-50d")
    assert (file.dim(), file.path) == (50, matrix)
    found = file.read({"film", "fun", "absent"})
    assert found.words == ("film", "fun")
    np.testing.assert_array_equal(found.matrix, np.load(matrix)[[1, 7]])
    assert file.read().words == GLOVE_WORDS
    assert file.about == {"source": "glove-50d", "licence": "PDDL 1.0"}
    assert fetch_vectors("glove-50d").path == matrix
    assert here()


def test_a_name_wins_over_a_file_so_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = lay_package(tmp_path / "packages", monkeypatch)
    monkeypatch.chdir(tmp_path)
    Path("glove-50d").write_text("1 2\nfilm 1 2\n", encoding="utf-8")
    assert vector_source("glove-50d").path == matrix
    assert vector_source("./glove-50d").dim() == 2


def test_without_the_package_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, PACKAGE, None)
    for ask in (vector_source, fetch_vectors):
        with pytest.raises(MissingExtraError, match=r'^glove-50d needs an extra: pip install "reread\[glove\]"$'):
            ask("glove-50d")
    assert not here()


def test_a_damaged_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = lay_package(tmp_path, monkeypatch)
    content = bytearray(matrix.read_bytes())
    content[-1] ^= 1
    matrix.write_bytes(bytes(content))
    with pytest.raises(DataError, match=r"its sha256 is [0-9a-f]{64}, expected"):
        fetch_vectors("glove-50d")
    pq.write_table(pa.table({"index": GLOVE_WORDS[1:]}), matrix.with_name(WORDS))
    with pytest.raises(DataError, match=r"not a row of float numbers for 7 words"):
        vector_source("glove-50d").read()
    with pytest.raises(DataError, match="comes with a Python package"):
        fetch_vectors("glove-50d", source=tmp_path)
