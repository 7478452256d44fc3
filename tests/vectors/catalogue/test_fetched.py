"""Named vectors that are a file: fetched once, checked, kept, and used without asking again."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from reread.errors import ConfigError, DataError
from reread.vectors.catalogue import fetch_vectors, list_vectors, named_vectors
from reread.vectors.catalogue.fetched import FetchedVectors
from reread.vectors.catalogue.tencent import TencentChinese
from reread.vectors.sources import sized_for, vector_source
from support.mirror import Mirror, serving

CONTENT = gzip.compress(b"2 3\nfilm 1 2 3\nbook 3 2 1\n", mtime=0)


class Small(FetchedVectors):
    name: ClassVar = "small-en"
    description = language = licence = citation = homepage = size = "x"
    dim: ClassVar = 3
    file_name: ClassVar = "small.vec.gz"
    url: ClassVar = "http://127.0.0.1:9/small.vec.gz"  # nobody answers there


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REREAD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    named_vectors.names()
    monkeypatch.setitem(named_vectors._entries, "small-en", Small)
    return tmp_path / "cache"


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    with serving(tmp_path / "mirror") as mirror:
        mirror.put("small", {"small.vec.gz": CONTENT})
        yield mirror


def copy_of(folder: Path, content: bytes = CONTENT) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "small.vec.gz").write_bytes(content)
    return folder


def test_fetched_once_and_used_offline_from_then_on(cache: Path, mirror: Mirror) -> None:
    with pytest.raises(
        DataError, match=r"^small-en is not on this machine; fetch it once: reread vectors fetch small-en$"
    ):
        vector_source("small-en")
    Small(f"{mirror.base_url}/small/small.vec.gz").fetch()
    assert mirror.asked == ["/small/small.vec.gz"]
    assert vector_source("small-en").read({"book"}).matrix.tolist() == [[3, 2, 1]]
    assert (
        fetch_vectors("small-en").path == cache / "vectors" / "small-en" / "small.vec.gz"
    )  # its address never answers
    about = json.loads((cache / "vectors" / "small-en" / "about.json").read_bytes())
    assert (about["bytes"], about["origin"]) == (len(CONTENT), f"{mirror.base_url}/small/small.vec.gz")
    assert [path.name for path in (cache / "vectors").iterdir()] == ["small-en"]


def test_a_download_that_fails_leaves_nothing(cache: Path, mirror: Mirror) -> None:
    for url in ("http://127.0.0.1:9/small.vec.gz", f"{mirror.base_url}/absent"):
        with pytest.raises(DataError, match="cannot download http"):
            Small(url).fetch()
    assert list((cache / "vectors").iterdir()) == []
    assert not next(item for item in list_vectors() if item["name"] == "small-en")["here"]


def test_the_users_own_copy(tmp_path: Path) -> None:
    folder = copy_of(tmp_path / "own")
    for source in (folder, folder / "small.vec.gz"):
        assert fetch_vectors("small-en", source=source).dim() == 3
    assert (folder / "small.vec.gz").read_bytes() == CONTENT
    with pytest.raises(DataError, match=r'"small-en" is not at .*: expected small\.vec\.gz there'):
        fetch_vectors("small-en", source=tmp_path)


def test_what_is_not_the_published_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two = gzip.compress(b"1 2\nfilm 1 2\n")
    with pytest.raises(DataError, match=r"holds vectors of 2 numbers; small-en has 3"):
        fetch_vectors("small-en", source=copy_of(tmp_path / "two", two))
    with pytest.raises(
        DataError, match=r"^/.* is not the file of small-en: small\.vec\.gz: holds no word vectors in a known format"
    ):
        fetch_vectors("small-en", source=copy_of(tmp_path / "none", b"<html>"))
    monkeypatch.setattr(Small, "checksum", "md5:0")
    with pytest.raises(DataError, match=r"its md5 is [0-9a-f]{32}, expected 0"):
        fetch_vectors("small-en", source=copy_of(tmp_path / "own"))


def test_a_file_that_changed_after_it_was_fetched(tmp_path: Path, cache: Path) -> None:
    path = fetch_vectors("small-en", source=copy_of(tmp_path / "own")).path
    changed = bytearray(CONTENT)
    changed[4] ^= 1  # the time in the header of gzip, which nobody reads
    path.write_bytes(bytes(changed))
    with pytest.raises(DataError, match=r"its sha256 is [0-9a-f]{64}, expected"):
        vector_source("small-en").fingerprint()
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(DataError, match=rf"it has {len(CONTENT) - 1} bytes instead of {len(CONTENT)}; .*fetch"):
        vector_source("small-en")
    path.unlink()
    with pytest.raises(DataError, match="is not on this machine"):
        vector_source("small-en")


def test_a_damaged_file_is_fetched_again(tmp_path: Path, mirror: Mirror, caplog: pytest.LogCaptureFixture) -> None:
    path = fetch_vectors("small-en", source=copy_of(tmp_path / "own")).path
    path.write_bytes(CONTENT[:-1])
    Small(f"{mirror.base_url}/small/small.vec.gz").fetch()
    assert path.read_bytes() == CONTENT
    assert "bytes instead of" in caplog.text


def archive(name: str, content: bytes) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return raw.getvalue()


def test_vectors_in_an_archive(tmp_path: Path) -> None:
    name = TencentChinese.file_name.removesuffix(".tar.gz")
    row = " ".join(["0.5"] * 200)
    own = tmp_path / "own.tar.gz"
    own.write_bytes(archive(f"{name}/{name}.txt", f"1 200\n电影 {row}\n".encode()))
    assert fetch_vectors("tencent-zh", source=own).read().words == ("电影",)
    for content, message in ((archive("../other.txt", b""), "holds no "), (b"\x1f\x8b broken", "is damaged")):
        own.write_bytes(content)
        with pytest.raises(DataError, match=message):
            fetch_vectors("tencent-zh", source=own)


def test_every_entry_says_what_it_is() -> None:
    for item in list_vectors():
        assert all(value for fact, value in item.items() if fact not in {"checksum", "here"}), item
        assert named_vectors.get(item["name"]).name == item["name"]
    with pytest.raises(ConfigError, match=r'unknown set of word vectors "glove-5d"\. Did you mean "glove-50d"'):
        fetch_vectors("glove-5d")


def test_a_network_gets_the_vectors_length_unless_the_user_named_one(tmp_path: Path) -> None:
    fetch_vectors("small-en", source=copy_of(tmp_path / "own"))
    vectors = {"source": "small-en"}
    assert sized_for({"vectors": vectors}, "small-en") == {"vectors": vectors, "model": {"embedding_dim": 3}}
    assert sized_for({"model": {"hidden": 4}}, "small-en")["model"] == {"hidden": 4, "embedding_dim": 3}
    for tables in ({"model": {"embedding_dim": 7}}, {"vectors": {**vectors, "reduce": 2}}):
        assert sized_for(tables, "small-en") == tables
    assert sized_for({}, None) == sized_for({}, "word2vec") == {}
