"""gensim's files are pickles: nothing in them is run, and only what vectors need is let in."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gensim.models import FastText, KeyedVectors, Word2Vec

from reread.errors import DataError
from reread.vectors.files import read_vectors
from support.meadow import meadow


class Command:
    """Runs when it is unpickled."""

    def __init__(self, *call: Any) -> None:
        self.call = call

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call[0], self.call[1:]


def keyed(**attributes: Any) -> KeyedVectors:
    found = KeyedVectors(2)
    found.add_vectors(["a", "b"], np.ones((2, 2), dtype=np.float32))
    vars(found).update(attributes)
    return found


@pytest.mark.parametrize("function", [os.mkdir, exec, eval, open, getattr, np.fromfile, np.load, KeyedVectors.load])
def test_a_foreign_name_is_refused_and_not_run(function: Callable[..., Any], tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    path = tmp_path / "x.kv"
    path.write_bytes(pickle.dumps(keyed(comment=Command(function, str(mark))), protocol=4))
    with pytest.raises(DataError, match="which could run code; only gensim's KeyedVectors can be read") as error:
        read_vectors(path)
    assert str(error.value).startswith(f"{path}: holds ")
    assert not mark.exists()


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_every_protocol(protocol: int, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(pickle.dumps(Command(os.mkdir, str(tmp_path / "mark")), protocol=protocol))
    with pytest.raises(DataError, match="mkdir, which could run code"):
        read_vectors(path)
    assert not (tmp_path / "mark").exists()
    path.write_bytes(pickle.dumps(["a", "b"], protocol=protocol))
    with pytest.raises(DataError, match="holds a list; expected gensim's KeyedVectors"):
        read_vectors(path)


def test_trained_vectors_with_all_that_gensim_keeps_beside_them(tmp_path: Path) -> None:
    found = Word2Vec(meadow(200), vector_size=6, min_count=1, hs=1).wv
    found.save(str(tmp_path / "x.kv"))
    ours = read_vectors(tmp_path / "x.kv")
    assert list(ours.words) == found.index_to_key
    np.testing.assert_array_equal(ours.matrix, found.vectors)


@pytest.mark.parametrize("kind", [Word2Vec, FastText])
def test_whole_models_are_told_from_vectors(kind: Any, tmp_path: Path) -> None:
    options = {"bucket": 10} if kind is FastText else {}
    model = kind(meadow(50), vector_size=4, min_count=1, **options)
    model.save(str(tmp_path / "model"))
    with pytest.raises(DataError, match=r"holds gensim\.models\..*write the vectors with save_word2vec_format"):
        read_vectors(tmp_path / "model")


@pytest.mark.parametrize(
    "attributes",
    [{"index_to_key": None}, {"index_to_key": ["a"]}, {"index_to_key": [1, 2]}, {"vectors": None}, {"vectors": np.ones(2)},
     {"vectors": np.array([["x", "y"], ["z", "w"]])}],
)  # fmt: skip
def test_attributes_that_are_no_vectors(attributes: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(pickle.dumps(keyed(**attributes), protocol=4))
    with pytest.raises(DataError, match="it holds no list of words with a vector for each"):
        read_vectors(path)


def test_the_file_beside_it_is_missing_or_holds_objects(tmp_path: Path) -> None:
    keyed().save(str(tmp_path / "x"), sep_limit=1)
    beside = tmp_path / "x.vectors.npy"
    np.save(beside, np.array([[Command(os.mkdir, str(tmp_path / "mark"))]]), allow_pickle=True)
    for _ in range(2):
        with pytest.raises(DataError, match=r"its vectors should be in x\.vectors\.npy, which cannot be read"):
            read_vectors(tmp_path / "x")
        beside.unlink(missing_ok=True)
    assert not (tmp_path / "mark").exists()
