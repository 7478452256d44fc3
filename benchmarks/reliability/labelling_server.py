"""A running `reread label` for the scripts beside this one, and what its page asks of it."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LABEL = [sys.executable, "-c", "from reread.apps.cli import main; main()", "label", "--port", "0", "--json"]
PATH = "/v1/label"


class Server:
    """It answers when this is made.

    Args:
        data: the file of texts.
        out: the file of labels.
        options: more of the command.
    """

    def __init__(self, data: Path, out: Path, *options: str) -> None:
        self.process = subprocess.Popen(
            [*LABEL, str(data), "-o", str(out), *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.said = json.loads(self.process.stdout.readline())

    def connect(self) -> http.client.HTTPConnection:
        """A connection of its own."""
        address = urlsplit(self.said["address"])
        return http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)

    def kill(self) -> str:
        """SIGKILL; what it had said on standard error."""
        self.process.kill()
        return self.process.communicate()[1]


def ask(connection: http.client.HTTPConnection, path: str = PATH, body: Any = None) -> Any:
    """What it says.

    Raises:
        RuntimeError: it refuses.
        OSError: it is gone.
        http.client.HTTPException: it went in the middle of its answer.
    """
    content = None if body is None else json.dumps(body).encode()
    connection.request("GET" if body is None else "POST", path, content, {"content-type": "application/json"})
    reply = connection.getresponse()
    said = reply.read()
    if reply.status != 200:
        raise RuntimeError(f"{path} {body}: {reply.status}, {said.decode()}")
    return json.loads(said)
