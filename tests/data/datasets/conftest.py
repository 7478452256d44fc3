from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from reread.data.datasets import Dataset, Original


class Mirror:
    """A web server on this machine that has NAME/FILE for the files put into it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.base_url = ""
        self.asked: list[str] = []

    def put(self, name: str, files: Mapping[str, bytes]) -> None:
        for file, content in files.items():
            (self.root / name).mkdir(parents=True, exist_ok=True)
            (self.root / name / file).write_bytes(content)


class Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: Any, mirror: Mirror, **options: Any) -> None:
        self.mirror = mirror
        super().__init__(*args, directory=str(mirror.root), **options)

    def do_GET(self) -> None:
        self.mirror.asked.append(self.path)
        super().do_GET()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    mirror = Mirror(tmp_path / "mirror")
    mirror.root.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, mirror=mirror)) as server:
        mirror.base_url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield mirror
        server.shutdown()
        thread.join()


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
