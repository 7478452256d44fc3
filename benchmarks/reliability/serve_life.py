"""Does `reread serve` lose a request when it ends, when a worker is killed, and when models take turns?

    python benchmarks/reliability/serve_life.py MODEL OTHER [--ends 20] [--swaps 50] [--kills 10] [--workers 2]

Real processes on this machine, with eight clients that ask without a pause, each on a connection of its own, most of the time with one text:

- `ends`: a server with requests under way gets SIGTERM. What it has taken is answered, with 503 what comes after the signal. A connection that it never took is
  refused or reset by the system, before or after the client has sent something; what the server itself cuts shows as RemoteDisconnected, or while reading.
- `swaps`: MODEL and OTHER take turns behind a link, each time with SIGHUP. No request fails, and each answer is one of the two models'.
- `kills`: one of the workers gets SIGKILL. Only what it held fails, at most one request for each client, and two workers answer again.

A line of benchmarks/results/serve_life.jsonl for each.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from reread import load
from reread.machine import circumstances

RESULTS = Path(__file__).resolve().parents[1] / "results" / "serve_life.jsonl"
SERVE = [
    sys.executable,
    "-c",
    "from reread.apps.cli import main; main()",
    "serve",
    "--port",
    "0",
    "--max-wait",
    "600000",
]
CLIENTS = 8
TEXTS = ["a lovely warm film", "a dull cold film that went on and on", "it was not what we had hoped for " * 20]


class Server:
    """A running server."""

    def __init__(self, model: Path, *options: str) -> None:
        self.process = subprocess.Popen([*SERVE, str(model), *options], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.address = urlsplit(self.process.stdout.readline().rpartition(" ")[2].strip())

    def connect(self) -> http.client.HTTPConnection:
        """A connection of its own."""
        return http.client.HTTPConnection(self.address.hostname or "", self.address.port, timeout=120)

    def workers(self) -> set[int]:
        """The ids of its workers."""
        found = set()
        for place in Path("/proc").glob("[0-9]*"):
            try:
                parent = int(re.sub(r".*\)", "", (place / "stat").read_text()).split()[1])
                if parent == self.process.pid and b"spawn_main" in (place / "cmdline").read_bytes():
                    found.add(int(place.name))
            except (OSError, ValueError):
                continue
        return found

    def checksum(self) -> str:
        """That of the model that answers."""
        connection = self.connect()
        connection.request("GET", "/v1/models")
        found = json.load(connection.getresponse())["models"][0]["checksum"]
        connection.close()
        return str(found)


class Clients:
    """Ask without a pause, until told to stop; what came back is counted, answers are kept."""

    def __init__(self, server: Server) -> None:
        self.outcomes: Counter[str] = Counter()
        self.answers: list[tuple[int, dict[str, float]]] = []
        self._server, self._over = server, threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(seed,)) for seed in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ask no more."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, seed: int) -> None:
        random, connection = np.random.default_rng(seed), self._server.connect()
        while not self._over.is_set():
            row = int(random.integers(len(TEXTS)))
            step = "connecting"
            try:
                if connection.sock is None:
                    connection.connect()
                step = "sending"
                body = json.dumps({"text": TEXTS[row]})
                connection.request("POST", "/v1/predict", body, {"content-type": "application/json"})
                step = "waiting"
                reply = connection.getresponse()
                step = "reading"
                said = json.loads(reply.read())
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                self.outcomes[f"{step}: {type(error).__name__}"] += 1
                if step == "connecting":
                    time.sleep(0.01)
                continue
            self.outcomes[str(reply.status)] += 1
            if reply.status == 200:
                self.answers.append((row, said["answers"][0]["probabilities"]))


def ends(model: Path, times: int) -> dict[str, Any]:
    """SIGTERM under load."""
    outcomes: Counter[str] = Counter()
    codes: Counter[int] = Counter()
    for turn in range(times):
        server = Server(model)
        clients = Clients(server)
        time.sleep(0.5 + 0.05 * turn)
        server.process.send_signal(signal.SIGTERM)
        codes[server.process.wait(120)] += 1
        clients.stop()
        outcomes += clients.outcomes
    cut = sum(n for kind, n in outcomes.items() if kind.startswith("reading") or kind.endswith("RemoteDisconnected"))
    return {"ends": times, "exit_codes": dict(codes), "outcomes": dict(outcomes), "cut": cut}


def swaps(model: Path, other: Path, times: int) -> dict[str, Any]:
    """Two models take turns."""
    expected = [answers_of(model), answers_of(other)]
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / "model.reread"
        link.symlink_to(model.resolve())
        server = Server(link)
        clients = Clients(server)
        for turn in range(times):
            before = server.checksum()
            new = link.with_name("next")
            new.symlink_to((other, model)[turn % 2].resolve())
            new.rename(link)
            server.process.send_signal(signal.SIGHUP)
            wait_until(lambda before=before: server.checksum() != before)
        clients.stop()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(120)
    of = Counter(
        next((k for k, each in enumerate(expected) if like(each[row], found)), -1) for row, found in clients.answers
    )
    return {
        "swaps": times,
        "outcomes": dict(clients.outcomes),
        "of_model": of[0],
        "of_other": of[1],
        "of_neither": of[-1],
    }


def kills(model: Path, times: int, workers: int) -> dict[str, Any]:
    """Workers are killed."""
    server = Server(model, "--workers", str(workers))
    clients = Clients(server)
    seconds = []
    for _ in range(times):
        killed = min(server.workers())
        os.kill(killed, signal.SIGKILL)
        started = time.monotonic()
        wait_until(lambda killed=killed: len(server.workers() - {killed}) == workers)
        seconds.append(time.monotonic() - started)
        time.sleep(2)
    clients.stop()
    server.process.send_signal(signal.SIGTERM)
    code = server.process.wait(120)
    lost = sum(n for kind, n in clients.outcomes.items() if not kind.isdecimal())
    return {
        "kills": times, "workers": workers, "exit_code": code, "outcomes": dict(clients.outcomes), "lost": lost,
        "at_most": times * CLIENTS, "another_process_after": round(max(seconds), 2),
    }  # fmt: skip


def answers_of(folder: Path) -> list[dict[str, float]]:
    """The probabilities of the texts."""
    model = load(folder)
    return [dict(zip(map(str, model.classes_), row, strict=True)) for row in model.predict_proba(TEXTS).tolist()]


def like(expected: dict[str, float], found: dict[str, float]) -> bool:
    """Whether two answers are one, up to rounding."""
    return found.keys() == expected.keys() and np.allclose([*found.values()], [*expected.values()], atol=1e-5)


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for what will be so."""
    while not true():
        time.sleep(0.02)


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("other", type=Path)
    for name, default in (("ends", 20), ("swaps", 50), ("kills", 10), ("workers", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    runs = {
        "ends": lambda: ends(asked.model, asked.ends),
        "swaps": lambda: swaps(asked.model, asked.other, asked.swaps),
        "kills": lambda: kills(asked.model, asked.kills, asked.workers),
    }
    for name, run in runs.items():
        if getattr(asked, name):
            record = {"run": name, "model": asked.model.name, **run(), **circumstances()}
            sys.stdout.write(json.dumps(record) + "\n")
            sys.stdout.flush()
            with RESULTS.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
