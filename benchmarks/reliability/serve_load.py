"""What the proofs of `reread serve` share: a server on a core of its own, clients that ask at a constant rate from another core, and memory.

A client of an open loop asks when its time has come, answered or not: how long an answer took counts from the time that it was due, so a server that
is late cannot slow down the clients that measure it. Everything is on 127.0.0.1.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from reread.bundle import model_checksum
from reread.typing import override

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "operating.md"
HOST = "127.0.0.1"
SERVE = (sys.executable, "-c", "from reread.apps.cli import main; main()", "serve")
START_SECONDS, END_SECONDS = 60, 20
GRACE = 30.0  # seconds after the last request was due in which answers still count
START = 0.01  # until the first request of `Clients.at_times`
CUT = 0  # stands for the status of a request whose connection ended
OK, FULL = 200, 429
NOT_SENT = "not sent"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
RETRY = re.compile(rb"\r\nretry-after: *(\d+)", re.IGNORECASE)
CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
Floats: TypeAlias = npt.NDArray[np.float64]


def cores() -> tuple[int, int]:
    """The core of the server and that of the clients: the same one where there is no other."""
    found = sorted(os.sched_getaffinity(0))
    return found[-1], found[0]


class Server:
    """A server on one core, in a group of processes of its own, which answers as soon as this is made.

    Args:
        command: gets `--port N`.
        core: where it and its processes run; None: anywhere.
        probe: a request that has to be answered with 200 first.
        errors: where its standard error goes; None: to this process's.
    """

    def __init__(self, command: Sequence[str], core: int | None, probe: bytes, errors: IO[bytes] | None = None) -> None:
        self.port = free_port()
        threads = {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT / "src")}
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={**os.environ, **threads},
            process_group=0,
            preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, [core]),  # noqa: PLW1509  # one thread
        )
        try:
            self.first = self._first(probe)
        except BaseException:
            self.end()
            raise

    def _first(self, probe: bytes) -> bytes:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                status, body = say(self.port, probe)
            except OSError:
                status = CUT
            if status == OK:
                return body
            time.sleep(0.05)
        raise SystemExit(f"{' '.join(self.process.args)} did not answer in {START_SECONDS} s")  # type: ignore[arg-type]

    def memory(self) -> float:
        """MiB that it holds, with its processes."""
        return sum(map(resident, self.processes())) / 2**20

    def processes(self) -> list[int]:
        """It, and those that it started."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                if int((place / "stat").read_text().rpartition(")")[2].split()[2]) == self.process.pid:
                    found.append(int(place.name))
            except (OSError, ValueError):
                continue
        return found

    def end(self) -> int:
        """End it and its processes; the exit code."""
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(END_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # what it left behind
        return self.process.wait()


@contextmanager
def serving(*server: Any) -> Iterator[Server]:
    """A server that is ended."""
    started = Server(*server)
    try:
        yield started
    finally:
        started.end()


def free_port() -> int:
    """One that nobody listens at."""
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def resident(process: int) -> int:
    """Bytes of memory that a process holds; 0 if it is gone."""
    try:
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(encoding="utf-8"))
    except OSError:
        return 0
    return 1024 * int(found[1]) if found else 0


def request(path: str, body: bytes, kind: str = "application/json") -> bytes:
    """A POST as it goes over the wire."""
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def say(port: int, sent: bytes, seconds: float = 30) -> tuple[int, bytes]:
    """Ask once, on a connection of its own; the status and the body.

    Raises:
        OSError: the connection is refused, or ends.
    """
    with socket.create_connection((HOST, port), timeout=seconds) as connection:
        connection.sendall(sent)
        got = b""
        while True:
            piece = connection.recv(1 << 16)
            if not piece:
                raise ConnectionResetError("the connection ended before the answer did")
            got += piece
            head, found, body = got.partition(b"\r\n\r\n")
            length = LENGTH.search(head)
            if found and length and len(body) >= int(length[1]):
                return int(head[9:12]), body


def texts_of(model: Path, count: int, words: int, seed: int = 0) -> list[str]:
    """Texts of so many words of a model's vocabulary, drawn by Zipf's law."""
    known = [word for word in json.loads((model / "vocabulary.json").read_text(encoding="utf-8"))[0] if word.isalpha()]
    edges = np.cumsum(1 / np.arange(10, len(known) + 10))
    drawn = np.searchsorted(edges, np.random.default_rng(seed).random((count, words)) * edges[-1])
    return [" ".join(known[word] for word in text) for text in drawn]


def bodies_of(model: Path, texts: int, words: int, count: int = 128, path: str = "/v1/predict") -> list[bytes]:
    """Requests with so many texts each, no two alike."""
    drawn = texts_of(model, texts * count, words)
    return [request(path, json.dumps({"texts": drawn[k : k + texts]}).encode()) for k in range(0, len(drawn), texts)]


@dataclass(slots=True)
class Asked:
    """A request.

    Attributes:
        due: when it was to be sent.
        sent: when it was; None: never, as all connections were in use for too long.
        done: when its answer was there; None: there is none.
        status: of the answer, `CUT` if the connection ended.
        retry: the seconds of Retry-After.
    """

    due: float
    sent: float | None = None
    done: float | None = None
    status: int | None = None
    retry: int | None = None

    @property
    def took(self) -> float:
        """Seconds from when it was due to its answer."""
        return (self.done or float("inf")) - self.due


@dataclass
class Outcome:
    """What came of requests."""

    asked: list[Asked] = field(default_factory=list)

    def statuses(self) -> dict[str, int]:
        """How many ended how."""
        names = {CUT: "cut", None: "no answer"}
        return dict(Counter(
            NOT_SENT if each.sent is None else names.get(each.status, str(each.status)) for each in self.asked
        ))  # fmt: skip

    def all_ok(self) -> bool:
        """Whether every request was answered with 200."""
        return all(each.status == OK for each in self.asked)

    def ok(self) -> list[Asked]:
        """Those answered with 200."""
        return [each for each in self.asked if each.status == OK]

    def milliseconds(self, share: float = 0.99, status: int = OK) -> float | None:
        """So many of a hundred answers took at most so long; None if there is none."""
        took = [1000 * each.took for each in self.asked if each.status == status]
        return float(np.quantile(took, share)) if took else None

    def rate(self) -> float:
        """Requests answered with 200 a second, from the first that was sent to the last answer."""
        found = self.ok()
        if not found:
            return 0.0
        return len(found) / (max(each.done or 0 for each in found) - min(each.due for each in self.asked))


class Connection(asyncio.Protocol):
    """One of HTTP/1.1, with one request at a time."""

    def __init__(self, free: Callable[[Connection], None]) -> None:
        self.transport: asyncio.Transport | None = None
        self._free, self._got, self._length, self._ends = free, b"", -1, False
        self._asked: Asked | None = None

    def ask(self, asked: Asked, sent: bytes) -> None:
        """Send a request."""
        assert self.transport is not None
        self._asked, self._got, self._length = asked, b"", -1
        asked.sent = time.perf_counter()
        self.transport.write(sent)

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    @override
    def data_received(self, data: bytes) -> None:
        self._got += data
        asked = self._asked
        if asked is None:
            return
        if self._length < 0:
            end = self._got.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._got[:end]
            length, retry = LENGTH.search(head), RETRY.search(head)
            self._length = end + 4 + (int(length[1]) if length else 0)
            asked.status, asked.retry = int(head[9:12]), int(retry[1]) if retry else None
            self._ends = CLOSE.search(head) is not None
        if len(self._got) >= self._length:
            asked.done = time.perf_counter()
            self._asked = None
            if self._ends:
                assert self.transport is not None
                self.transport.close()
            else:
                self._free(self)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self._asked is not None:
            self._asked.status, self._asked.done = CUT, None
        self._asked, self.transport = None, None
        self._free(self)


class Clients:
    """Connections to a server, made when they are needed, and what is asked on them in turn."""

    def __init__(self, port: int, sent: Sequence[bytes], most: int, rest: float) -> None:
        self._port, self._sent, self._most, self._rest, self._turn = port, sent, most, rest, 0
        self._idle: list[Connection] = []
        self._all: set[Connection] = set()

    @classmethod
    @asynccontextmanager
    async def to(cls, port: int, sent: Sequence[bytes], count: int, rest: float = 0.0) -> AsyncIterator[Clients]:
        """So many of them at most; they look whether there is something to do again after ``rest`` seconds.

        At once, where times are measured: on a core of their own they are never late.
        """
        made = cls(port, sent, count, rest)
        gc.disable()  # a collection of all that was asked would make the clients late
        try:
            yield made
        finally:
            gc.enable()
            for each in list(made._all):
                if each.transport is not None:
                    each.transport.abort()

    async def at_rate(self, rate: float, seconds: float) -> Outcome:
        """Ask so many times a second, whether there are answers or not."""
        return await self.at_times(np.arange(max(1, round(rate * seconds))) / rate)

    async def at_times(self, times: Floats, patience: float = float("inf")) -> Outcome:
        """Ask at these seconds from now; what finds no free connection for ``patience`` seconds is not sent."""
        start, found, waiting = time.perf_counter() + START, Outcome(), deque[Asked]()
        coming, end = deque((start + times).tolist()), start + float(times[-1]) + GRACE
        while (now := time.perf_counter()) < end:
            while coming and coming[0] <= now:
                found.asked.append(Asked(coming.popleft()))
                waiting.append(found.asked[-1])
            while waiting and now - waiting[0].due > patience:
                waiting.popleft()
            while waiting and await self._any_idle():
                self._ask(waiting.popleft())
            if not coming and not waiting and self._at_rest():
                break
            await asyncio.sleep(self._rest)
        return found

    async def without_pause(self, seconds: float) -> Outcome:
        """Ask on each connection as soon as the answer before is there."""
        found, end = Outcome(), time.perf_counter() + seconds
        while time.perf_counter() < end + GRACE:
            now = time.perf_counter()
            if now < end:
                while await self._any_idle():
                    found.asked.append(Asked(time.perf_counter()))
                    self._ask(found.asked[-1])
            elif self._at_rest():
                break
            await asyncio.sleep(self._rest)
        return found

    def _at_rest(self) -> bool:
        return len(self._idle) == len(self._all)

    def _ask(self, asked: Asked) -> None:
        self._turn += 1
        self._idle.pop().ask(asked, self._sent[self._turn % len(self._sent)])

    async def _any_idle(self) -> bool:
        if not self._idle and len(self._all) < self._most:
            made = Connection(self._freed)
            await asyncio.get_running_loop().create_connection(lambda: made, HOST, self._port)
            self._all.add(made)
            self._idle.append(made)
        return bool(self._idle)

    def _freed(self, connection: Connection) -> None:
        if connection.transport is not None:
            self._idle.append(connection)
            return
        self._all.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)


def rounded(value: float | None, digits: int = 4) -> float | None:
    """A number to so many significant digits."""
    return None if value is None else float(f"{value:.{digits}g}")


def median(values: Sequence[float | None]) -> float | None:
    """The median of those that are there."""
    found = [value for value in values if value is not None]
    return statistics.median(found) if found else None


def model_facts(model: Path) -> dict[str, str]:
    """What a record says of the model."""
    return {"model": model.name, "checksum": model_checksum(model)[:12]}


def record(file: str, line: Mapping[str, Any]) -> None:
    """Print a line, and add it to a file of results."""
    print(json.dumps(line), flush=True)
    with (RESULTS / file).open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")


def lines_of(file: str) -> list[dict[str, Any]]:
    """What was measured so far."""
    place = RESULTS / file
    return list(map(json.loads, place.read_text(encoding="utf-8").splitlines())) if place.exists() else []


def write_table(maker: str, table: Sequence[str], page: Path = PAGE) -> None:
    """Replace a table of a page that a script made; it stands between two comments."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(f"<!-- begin: made by {maker} -->\n")
    page.write_text(before + begin + "\n".join(table) + "\n" + rest[rest.index("<!-- end -->") :], encoding="utf-8")
