"""`reread serve` and `reread label`, in processes with nothing but the extra they need, and a client of the standard library."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

ABSENT = ("torch", "sklearn", "pyarrow", "pandas", "scipy", "pydantic", "gensim", "faststream")
SCRIPT = """
import signal
import sys

ABSENT = sys.argv.pop(1).split()

class Absent:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
signal.signal(signal.SIGINT, signal.default_int_handler)
from reread.apps.cli import main
main()
"""


class Reply(NamedTuple):
    """What the server said."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def fields(self) -> list[str]:
        """The pointers of a problem."""
        assert self.headers["content-type"] == "application/problem+json"
        said = self.json()
        assert said["status"] == self.status
        assert said["title"]
        assert said["detail"]
        return [each["pointer"] for each in said.get("errors", [])]


class Running:
    """A running server on a free port of this machine; it hears Ctrl-C even if these tests were started not to."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        environment: Mapping[str, str] | None = None,
        *,
        absent: Sequence[str] = ABSENT,
    ) -> None:
        clean = {name: value for name, value in os.environ.items() if name != "REREAD_TOKEN"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, " ".join(absent), name, "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**clean, **(environment or {})},
        )
        assert self.process.stdout is not None
        self.ready = self.process.stdout.readline()
        if not self.ready:
            raise RuntimeError(self.process.communicate()[1])
        self.address = urlsplit(self.ready.rpartition(" ")[2].strip())

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.address.hostname or "", self.address.port, timeout=60)

    def ask(
        self, path: str, body: Any = None, headers: Mapping[str, str] | None = None, *, method: str | None = None
    ) -> Reply:
        """One request on a connection of its own; what is no bytes is sent as JSON."""
        connection = self.connect()
        try:
            return ask(connection, path, body, headers, method=method)
        finally:
            connection.close()

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """End it; its exit code and what it said on standard error."""
        self.process.send_signal(with_signal)
        said = self.process.communicate(timeout=120)[1]
        return self.process.returncode, said

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


class Serving(Running):
    """`reread serve`."""

    def __init__(
        self,
        models: Sequence[Path],
        *options: str,
        environment: Mapping[str, str] | None = None,
        absent: Sequence[str] = ABSENT,
    ) -> None:
        super().__init__("serve", [*map(str, models), "--threads", "1", *options], environment, absent=absent)


class Labels(Running):
    """`reread label`."""

    def __init__(
        self,
        data: Path,
        out: Path,
        *options: str,
        classes: str | None = "pos,neg",
        absent: Sequence[str] = ABSENT,
    ) -> None:
        asked = [] if classes is None else ["--classes", classes]
        given = [str(data), *asked, "-o", str(out), "--by", "Ada", "--repeat", "0", *options]
        super().__init__("label", given, absent=absent)

    def state(self) -> Any:
        return self.ask("/v1/label").json()

    def give(self, row: int, label: str | float | list[str]) -> Reply:
        return self.ask("/v1/label", {"row": row, "label": label})


class Settling(Running):
    """`reread agree --settle`."""

    def __init__(self, both: tuple[Path, Path], out: Path) -> None:
        super().__init__("agree", [*map(str, both), "--settle", str(out), "--by", "Eve", "--json"])
        self.said = json.loads(self.ready)
        self.address = urlsplit(self.said["address"])

    def state(self) -> Any:
        return self.ask("/v1/label").json()


def ask(
    connection: http.client.HTTPConnection,
    path: str,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    *,
    method: str | None = None,
) -> Reply:
    """One request on a connection."""
    content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    sent = {"content-type": "application/json"} if content is not None else {}
    connection.request(method or ("GET" if body is None else "POST"), path, content, {**sent, **(headers or {})})
    response = connection.getresponse()
    return Reply(response.status, response.headers, response.read())
