from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from reread.data.datasets import Dataset, Original
from support.mirror import Mirror, serving


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(tmp_path / "mirror") as mirror:
        yield mirror


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def tar_gz(files: Mapping[str, bytes]) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return raw.getvalue()


@pytest.fixture
def small() -> Callable[..., Dataset]:
    """A data set as registered, but with the checksums and the row counts of small files."""

    def make(kind: type[Dataset], files: Mapping[str, bytes], rows: Mapping[str, int] | None = None) -> Dataset:
        originals = tuple(
            Original(original.name, original.url, sha256(files[original.name]), original.contents)
            for original in kind.published
        )
        return kind(originals=originals, rows=rows or {})

    return make


@pytest.fixture
def imdb_archive() -> dict[str, bytes]:
    urls = "http://www.imdb.com/title/{}/usercomments\n"
    files = {
        "aclImdb/README": b"read me",
        "aclImdb/imdb.vocab": b"the\n",
        "aclImdb/test/urls_neg.txt": urls.format("tt0000011").encode(),
        "aclImdb/test/urls_pos.txt": urls.format("tt0000012").encode(),
        "aclImdb/test/neg/0_2.txt": b"Dull.<br /><br />Twice.",
        "aclImdb/test/pos/0_10.txt": "Très bien \x85".encode(),
        "aclImdb/train/unsup/1_0.txt": b"who knows",
        "aclImdb/train/unsup/0_0.txt": b"not me",
        "aclImdb/train/pos/0_9.txt": b"lovely",
        "aclImdb/train/neg/10_1.txt": b"last",
        "aclImdb/train/neg/2_4.txt": b"first",
        "aclImdb/train/labeledBow.feat": b"9 0:1\n",
        "aclImdb/train/urls_neg.txt": "".join(urls.format(f"tt{100 + line:07}") for line in range(11)).encode(),
        "aclImdb/train/urls_pos.txt": urls.format("tt0000021").encode(),
        "aclImdb/train/urls_unsup.txt": (urls.format("tt0000031") + urls.format("tt0000032")).encode(),
    }
    return {"aclImdb_v1.tar.gz": tar_gz(files)}


def read_rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        return [json.loads(line) for line in file]


@pytest.fixture
def rows_of() -> Callable[[Path], list[dict[str, Any]]]:
    return read_rows


@pytest.fixture
def make_tar() -> Callable[[Mapping[str, bytes]], bytes]:
    return tar_gz
