"""A web server on this machine that stands for a publisher's."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


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


@contextmanager
def serving(root: Path) -> Iterator[Mirror]:
    """A mirror of the files below ``root`` while the context lasts."""
    mirror = Mirror(root)
    root.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, mirror=mirror)) as server:
        mirror.base_url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield mirror
        server.shutdown()
        thread.join()
