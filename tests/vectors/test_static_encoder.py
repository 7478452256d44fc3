"""Folders of static sentence encoders, in the layouts of model2vec and WordLlama."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reread.errors import DataError
from reread.vectors.files import read_vectors
from reread.vectors.sources import vector_source
from support import tokenizers

WORDS = ("film", "love", "##ly")
TOKENS = ("[UNK]", *WORDS)
MATRIX = np.array([[0, 0], [1, 2], [3, 4], [-5, 6]], np.float32)


def lay(folder: Path, **tensors: Any) -> Path:
    return tokenizers.lay_encoder(folder, tokenizers.word_pieces(WORDS), **tensors)


@pytest.mark.parametrize("name", ["embeddings", "embedding.weight"])
def test_a_folder_and_the_file_in_it_are_the_same_vectors(name: str, tmp_path: Path) -> None:
    folder = lay(tmp_path / "encoder", **{name: MATRIX.astype(np.float16)})
    for path in (folder, folder / "model.safetensors"):
        found = read_vectors(path)
        assert found.words == TOKENS
        np.testing.assert_array_equal(found.matrix, MATRIX)
    file = vector_source(folder)
    assert (file.dim(), file.about) == (2, {"source": "encoder"})
    assert file.read({"##ly"}).matrix.tolist() == [[-5, 6]]
    text = file.text()
    assert text["segmenter"] == "subwords"
    assert text["segmenter_options"] == {"tokenizer": (folder / "tokenizer.json").read_text(encoding="utf-8")}


def test_weights_and_shared_rows_of_model2vec(tmp_path: Path) -> None:
    rows, weights = np.array([0, 2, 2, 1]), np.array([1, 0.5, 2, 1])
    found = read_vectors(lay(tmp_path / "x", embeddings=MATRIX[:3], mapping=rows, weights=weights))
    np.testing.assert_array_equal(found.matrix, MATRIX[rows] * weights[:, None])


def test_quantised_numbers_are_between_minus_one_and_one(tmp_path: Path) -> None:
    found = read_vectors(lay(tmp_path / "x", embeddings=np.array([[0, 127]] * 4, np.int8)))
    assert found.matrix.tolist() == [[0, 1]] * 4


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({"embeddings": MATRIX[:3]}, r"holds vectors \(3, 2\) and weights \(4,\) for the 4 tokens of tokenizer.json"),
        ({"embeddings": MATRIX, "weights": np.ones(3)}, r"weights \(3,\) for the 4 tokens"),
        ({"embeddings": MATRIX[0]}, r"holds vectors \(2,\)"),
        ({"embeddings": MATRIX, "mapping": np.array([0, 1, 2, 9])}, "does not name rows of 4 vectors"),
        ({"embeddings": MATRIX, "mapping": np.array([0, 1, 2, -1])}, "does not name rows of 4 vectors"),
        ({"embeddings": MATRIX * np.nan}, 'the vector of ".*" holds a number that is not finite'),
        ({"other": MATRIX}, "holds no word vectors in a known format"),
    ],
)
def test_what_does_not_fit_together(tensors: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        read_vectors(lay(tmp_path / "x", **tensors))


def test_a_folder_that_is_not_whole(tmp_path: Path) -> None:
    folder = lay(tmp_path / "x", embeddings=MATRIX)
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match=r"tokenizer\.json: the content is no tokenizer\.json"):
        read_vectors(folder)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(DataError, match=r"tokens are in tokenizer\.json, which is not beside it"):
        read_vectors(folder)
    content = (folder / "model.safetensors").read_bytes()
    lay(folder, embeddings=MATRIX)
    (folder / "model.safetensors").write_bytes(content[:-8])
    with pytest.raises(DataError, match="cannot be read as a static encoder"):
        read_vectors(folder)
