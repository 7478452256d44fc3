"""Files of word vectors: whatever wrote them, the same vectors; torn or strange ones refused in one line."""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from gensim.models import KeyedVectors
from safetensors.numpy import load_file, save_file

from reread.errors import ConfigError, DataError
from reread.vectors.files import format_of, read_vectors, vector_file, vector_formats, write_vectors
from reread.vectors.files.base import BLOCK
from reread.vectors.files.safetensors import save_vectors
from reread.vectors.ngrams import NGrams
from reread.vectors.word_vectors import WordVectors
from support.tokenizers import lay_encoder, words_only

Write = Callable[[WordVectors, Path], None]


def keyed(vectors: WordVectors) -> KeyedVectors:
    found = KeyedVectors(vectors.dim)
    found.add_vectors(list(vectors.words), vectors.matrix)
    return found


def glove(vectors: WordVectors, path: Path) -> None:
    lines = [f"{word} {' '.join(map(str, row))}\n" for word, row in zip(vectors.words, vectors.matrix, strict=True)]
    path.write_text("".join(lines), encoding="utf-8")


def parquet(vectors: WordVectors, path: Path, kind: Any = None) -> None:
    kind = kind or pa.list_(pa.float32(), vectors.dim)
    pq.write_table(pa.table({"word": vectors.words, "vector": pa.array(vectors.matrix.tolist(), type=kind)}), path)


def npy(vectors: WordVectors, path: Path, suffix: str, words: str) -> None:
    with path.open("wb") as file:
        np.save(file, vectors.matrix)
    path.with_suffix(suffix).write_text(words, encoding="utf-8")


def encoder(vectors: WordVectors, path: Path) -> None:
    folder = lay_encoder(path.parent / "encoder", words_only(vectors.words), embeddings=vectors.matrix)
    (folder / "model.safetensors").rename(path)
    (folder / "tokenizer.json").rename(path.with_name("tokenizer.json"))


WRITERS: dict[str, tuple[str, Write]] = {
    "safetensors": ("safetensors", write_vectors),
    "word2vec text": ("word2vec_text", lambda vectors, path: keyed(vectors).save_word2vec_format(str(path))),
    "word2vec text of ours": ("word2vec_text", lambda vectors, path: write_as(vectors, path, ".txt")),
    "word2vec binary": ("word2vec_binary", lambda vectors, path: keyed(vectors).save_word2vec_format(str(path), binary=True)),
    "word2vec binary of ours": ("word2vec_binary", lambda vectors, path: write_as(vectors, path, ".bin")),
    "glove": ("glove", glove),
    "gensim": ("gensim", lambda vectors, path: keyed(vectors).save(str(path))),
    "gensim in two files": ("gensim", lambda vectors, path: keyed(vectors).save(str(path), sep_limit=1)),
    "parquet": ("parquet", parquet),
    "static encoder": ("static_encoder", encoder),
    "npy and lines": ("npy", lambda vectors, path: npy(vectors, path, ".txt", "\n".join(vectors.words) + "\n")),
    "npy and a list": ("npy", lambda vectors, path: npy(vectors, path, ".json", json.dumps(vectors.words))),
    "npy and rows": ("npy", lambda vectors, path: npy(vectors, path, ".json", json.dumps(vectors.rows))),
    "parquet of doubles": ("parquet", lambda vectors, path: parquet(vectors, path, pa.list_(pa.float64()))),
}  # fmt: skip
EVERY_WRITER = pytest.mark.parametrize("name", WRITERS)


def write_as(vectors: WordVectors, path: Path, suffix: str) -> None:
    write_vectors(vectors, path.with_suffix(suffix))
    path.with_suffix(suffix).rename(path)


def written(name: str, vectors: WordVectors, folder: Path) -> Path:
    path = folder / "vectors.safetensors"  # the name says nothing of what is in it
    WRITERS[name][1](vectors, path)
    return path


def test_every_format_is_tried() -> None:
    assert {name for name, _ in WRITERS.values()} == set(vector_formats)


@EVERY_WRITER
def test_every_format_gives_the_same_vectors(name: str, vectors: WordVectors, tmp_path: Path) -> None:
    path = written(name, vectors, tmp_path)
    assert type(format_of(path)) is vector_formats.get(WRITERS[name][0])
    found = read_vectors(path)
    assert found.words == vectors.words
    np.testing.assert_array_equal(found.matrix, vectors.matrix)
    assert found.matrix.dtype == np.float32
    assert found.checksum() == vectors.checksum()
    assert vector_file(path).dim() == 3


@EVERY_WRITER
def test_only_the_wanted_rows_are_kept(name: str, vectors: WordVectors, tmp_path: Path) -> None:
    rows = np.arange(30_000, dtype=np.float32).reshape(10_000, 3)
    many = WordVectors(tuple(f"w{k}" for k in range(10_000)), rows)
    path = written(name, many, tmp_path)
    blocks = list(format_of(path).blocks(path, {"w7", "w5000", "w9999", "absent"}))
    assert [word for words, _ in blocks for word in words] == ["w7", "w5000", "w9999"]
    found = read_vectors(path, {"w7", "w5000", "w9999", "absent"})
    assert found.matrix.tolist() == [[21, 22, 23], [15000, 15001, 15002], [29997, 29998, 29999]]
    assert max(len(words) for words, _ in format_of(path).blocks(path, None)) <= BLOCK
    none = read_vectors(path, {"absent"})
    assert (none.words, none.matrix.shape) == ((), (0, 3))


@EVERY_WRITER
def test_neighbours_in_a_file(name: str, vectors: WordVectors, tmp_path: Path) -> None:
    path = written(name, vectors, tmp_path)
    assert vector_file(path).neighbours("film", 3) == vectors.neighbours("film", 3)
    with pytest.raises(DataError, match='"Film" has no vector; did you mean "film"'):
        vector_file(path).neighbours("Film")


def test_rows_that_are_not_wanted_are_not_even_parsed(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("2 2\na 1 2\nb 1 rubbish\n", encoding="utf-8")
    assert read_vectors(tmp_path / "x", {"a"}).words == ("a",)
    with pytest.raises(DataError, match="line 3 does not hold a word and 2 numbers"):
        read_vectors(tmp_path / "x", {"b"})


@pytest.mark.parametrize("name", ["word2vec text", "word2vec binary", "glove"])
def test_gzipped(name: str, vectors: WordVectors, tmp_path: Path) -> None:
    path = written(name, vectors, tmp_path)
    packed = tmp_path / "vectors.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read_vectors(packed).checksum() == vectors.checksum()
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(DataError, match="the compressed data is damaged or ends too early"):
        read_vectors(packed)


@pytest.mark.parametrize("name", ["word2vec text", "word2vec binary", "glove"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_mark_before_utf_8_is_no_part_of_the_first_word(
    name: str, pack: Callable[[bytes], bytes], vectors: WordVectors, tmp_path: Path
) -> None:
    path = written(name, vectors, tmp_path)
    path.write_bytes(pack(b"\xef\xbb\xbf" + path.read_bytes()))
    assert read_vectors(path).checksum() == vectors.checksum()


@pytest.mark.parametrize("name", [name for name in WRITERS if name != "glove"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9])
def test_a_torn_file_is_never_read_as_a_whole_one(
    name: str, share: float, vectors: WordVectors, tmp_path: Path
) -> None:
    path = written(name, vectors, tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(DataError, match=str(path)) as error:
        read_vectors(path)
    assert "\n" not in str(error.value)


def test_a_glove_file_torn_within_a_line(vectors: WordVectors, tmp_path: Path) -> None:
    path = written("glove", vectors, tmp_path)
    path.write_bytes(path.read_bytes()[:-15])
    with pytest.raises(DataError, match="line 5 holds"):
        read_vectors(path)


@pytest.mark.parametrize("where", ["words", "vectors", "ngrams"])
@pytest.mark.parametrize("wanted", [None, {"the"}])
def test_a_tampered_file_is_found_whatever_is_read_of_it(
    where: str, wanted: set[str] | None, vectors: WordVectors, tmp_path: Path
) -> None:
    path = tmp_path / "vectors.safetensors"
    grams = NGrams(np.ones((7, 3), dtype=np.float32), 2, 4)
    whole = WordVectors(vectors.words, vectors.matrix, vectors.meta, grams)
    save_vectors(whole, path)
    assert read_vectors(path).checksum() == whole.checksum()
    header = struct.unpack("<Q", path.read_bytes()[:8])[0]
    start = json.loads(path.read_bytes()[8 : 8 + header])[where]["data_offsets"][0]
    content = bytearray(path.read_bytes())
    content[8 + header + start + 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(DataError, match="differ from its checksum; the file is incomplete or was changed"):
        read_vectors(path, wanted)


def test_no_words_at_all_are_kept_too(tmp_path: Path) -> None:
    none = WordVectors((), np.zeros((0, 3), np.float32))
    save_vectors(none, tmp_path / "none.safetensors")
    assert read_vectors(tmp_path / "none.safetensors").matrix.shape == (0, 3)


@pytest.mark.parametrize("most", [1, 3, 10_000])
def test_the_first_words_of_a_file(most: int, vectors: WordVectors, tmp_path: Path) -> None:
    save_vectors(vectors, tmp_path / "vectors.safetensors")
    found = vector_file(tmp_path / "vectors.safetensors").first(most)
    assert found.words == vectors.words[:most]
    np.testing.assert_array_equal(found.matrix, vectors.matrix[:most])


def test_safetensors_keep_how_they_were_made_and_the_n_grams(vectors: WordVectors, tmp_path: Path) -> None:
    grams = NGrams(np.random.default_rng(1).normal(size=(7, 3)).astype(np.float32), 2, 4)
    save_vectors(WordVectors(vectors.words, vectors.matrix, {"epochs": 5}, grams), tmp_path / "x")
    found = read_vectors(tmp_path / "x", {"film"})
    assert found.meta == {"epochs": 5}
    assert found.ngrams is not None
    np.testing.assert_array_equal(found.rows_for(["films"])[0][0], grams.vector("films"))


def test_safetensors_of_something_else(tmp_path: Path) -> None:
    save_file({"vectors": np.ones((2, 2), dtype=np.float32)}, tmp_path / "x")
    with pytest.raises(DataError, match="holds no word vectors in a known format"):
        read_vectors(tmp_path / "x")
    save_file({"vectors": np.ones((2, 2), dtype=np.float32)}, tmp_path / "x", {"format": "reread word vectors 1"})
    with pytest.raises(DataError, match="cannot be read as word vectors"):
        read_vectors(tmp_path / "x")


def test_an_old_file_stays_when_a_new_one_cannot_be_written(vectors: WordVectors, tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    write_vectors(vectors, path)
    before = path.read_bytes()
    odd = WordVectors(("fine", "New York"), np.ones((2, 3), dtype=np.float32))
    for suffix in (".txt", ".bin"):
        with pytest.raises(DataError, match='the word "New York" holds white space'):
            write_vectors(odd, path.with_suffix(suffix))
    assert [file.name for file in tmp_path.iterdir()] == ["vectors.txt"]
    assert path.read_bytes() == before
    save_vectors(odd, tmp_path / "odd.safetensors")
    assert (tmp_path / "odd.safetensors").stat().st_mode == path.stat().st_mode
    assert read_vectors(tmp_path / "odd.safetensors").words == odd.words
    assert set(load_file(tmp_path / "odd.safetensors")) == {"words", "vectors"}


@pytest.mark.parametrize(
    ("name", "message"),
    [("x.csv", 'not written as ".csv"; name it .bin, .safetensors, .txt, .vec'), ("x.txt", "word2vec_text holds no n-grams")],
)  # fmt: skip
def test_files_that_cannot_be_written(name: str, message: str, vectors: WordVectors, tmp_path: Path) -> None:
    grams = NGrams(np.ones((7, 3), dtype=np.float32), 2, 4)
    with pytest.raises(ConfigError, match=message):
        write_vectors(WordVectors(vectors.words, vectors.matrix, ngrams=grams), tmp_path / name)


@pytest.mark.parametrize("name", ["glove", "parquet", "gensim"])
def test_formats_that_are_only_read(name: str, vectors: WordVectors, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="this format can only be read"):
        vector_formats.get(name)().write(vectors, tmp_path / "x")


def test_words_with_spaces_twice_or_no_text_at_all(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "glove.txt"
    path.write_bytes(b"the 1 2\n. . . 3 4\nthe 5 6\n\xff\xfe 7 8\nat 9 10\n")
    found = read_vectors(path)
    assert found.words == ("the", ". . .", "at")
    assert found.matrix.tolist() == [[1, 2], [3, 4], [9, 10]]
    assert caplog.messages == [f"{path}: 1 words are not valid UTF-8 and were left out"]
    assert read_vectors(path, {". . .", "", " ", "at"}).words == (". . .", "at")
    assert vector_file(path).neighbours(". . .", 1)[0][0] == "the"


def test_neighbours_are_not_looked_for_among_numbers_that_are_not_finite(tmp_path: Path) -> None:
    path = tmp_path / "glove.txt"
    path.write_text("the 1 2\nat nan 1\nof 2 1\n", encoding="utf-8")
    with pytest.raises(DataError, match='the vector of "at" holds a number that is not finite'):
        vector_file(path).neighbours("the")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no word vectors in a known format"),
        (b"text,label\ngood,pos\n", "holds no word vectors in a known format"),
        (b"2 2\na 1 2\n", "it holds 1 words, its first line says 2"),
        (b"1 2\na 1 2\nb 1 2\n", "it holds 2 words, its first line says 1"),
        (b"1 2\na 1\n", "line 2 holds 1 numbers instead of 2"),
        (b"2 2\na 1 2 3\nb 1 2 3\n", "line 2 holds 3 numbers instead of 2"),
        (b"a 1 2\nb 1 2\nc 1 2 3 4\n", "line 3 holds 4 numbers instead of 2"),
        (b"2 0\na \nb \n", "holds no word vectors in a known format"),
        (b"2 99999999999999999999999\na 1 2\n", "holds no word vectors in a known format"),
        (b"2 9999999999999999\na \1\2\3\4", "holds no word vectors in a known format"),
        (b"9" * 5000 + b" 2\na 1 2\n", "holds no word vectors in a known format"),
        (b"a 1 nan\nb 1 2\n", 'the vector of "a" holds a number that is not finite'),
        (b"1 1\na \0\0\0\0b", "it goes on after the 1 words"),
        (b"9 900\nab \0\1\2", "it ends after 0 of 9 words"),
        (b"1 1\n" + b"\1" * (1 << 21), "it ends after 0 of 1 words"),
        (b"PAR1 and no more", "it is not a complete Parquet file"),
    ],
)
def test_files_that_cannot_be_read(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_vectors(path)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"word": ["a"], "x": [1.0]}, "1 columns of texts and 0 of lists of numbers"),
        ({"word": ["a"], "other": ["b"], "v": [[1.0]]}, "2 columns of texts and 1 of lists"),
        ({"word": ["a", "b"], "v": [[1.0], None]}, "a word or a vector is missing"),
        ({"word": ["a", "b"], "v": [[1.0], [1.0, 2.0]]}, "or the vectors differ in length"),
        ({"word": ["a", "b"], "v": [[1.0], [1.0, 2.0, 3.0]]}, "or the vectors differ in length"),
        ({"word": pa.array([], pa.string()), "v": pa.array([], pa.list_(pa.float32()))}, "holds no rows"),
    ],
)
def test_tables_that_hold_no_vectors(table: dict[str, Any], message: str, tmp_path: Path) -> None:
    pq.write_table(pa.table(table), tmp_path / "x")
    with pytest.raises(DataError, match=message):
        read_vectors(tmp_path / "x")


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file of word vectors"):
        read_vectors(tmp_path / "x")
    with pytest.raises(DataError, match=r"is a folder without model\.safetensors; name a file of vectors"):
        read_vectors(tmp_path)


def test_a_numpy_file_whose_header_is_no_python_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.npy"
    path.write_bytes(b"\x93NUMPY\x01\x00v\x00{" + b"(" * 200)
    with pytest.raises(DataError, match=r"odd\.npy"):
        read_vectors(path)
