"""Does a body that nobody thought of make `reread serve` fail, or grow? 100,000 of them.

    python benchmarks/reliability/serve_fuzz.py [MODEL] [--bodies 100000] [--clients 16] [--seed 0] [--minutes 60]

Bodies for every path that takes one, made from a seed: JSON, lines, forms and files of all sizes, deep nesting, wrong encodings, NUL, surrogates, huge
numbers, bytes turned over, cut short, lengths and chunks that lie, types that are others, clients that send slowly, hang up or never end. There may be
no 500 (nor another 5xx, but 501 where an extra is missing), no connection without an answer but where the body lied about its length, and nothing on the
server's standard error; a plain request in between always has the answer that it had at first. The memory of the server is noted after every
hundredth part of the bodies. A line of benchmarks/results/serve_fuzz.jsonl, then the table of docs/operating.md; ends with 1 if something failed, and
keeps the bodies that did it. After --minutes it stops with what was sent.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from serve_load import FULL, HOST, OK, ROOT, SERVE, Server, lines_of, model_facts, record, request, say, write_table

from reread.machine import circumstances

FILE = "serve_fuzz.jsonl"
MODEL = ROOT / "tests" / "data" / "folders_2026_12" / "stack.reread"
PLAIN = request("/v1/predict", b'{"texts": ["a warm and lovely film", "a dull one"]}')
JSON_PATHS = ("/v1/predict", "/v1/predict", "/v1/explain", "/predict")
JSON, LINES, CSV, PARQUET = "application/json", "application/x-ndjson", "text/csv", "application/vnd.apache.parquet"
KINDS = (JSON, LINES, CSV, "text/tab-separated-values", PARQUET, "text/plain", "application/json; charset=utf-16", "multipart/form-data", "", "é/\x01")  # fmt: skip
MIB = 1 << 20
LONGEST_ANSWER = 600.0  # seconds, on a machine that does other things
NEVER_ENDS = 0.0002  # share of the bodies that do not come to an end: the server gives up after 30 s
UNPACKED = 0.03  # of the files: each is a process of its own
SLOW, HANGS_UP, LIES = 0.002, 0.01, 0.03  # and of others
FAILED, HUNG_UP, CLOSED, LATE = 500, "hung up", "closed", "no answer"
MISSING_EXTRA = 501
KEPT = 20  # failures
ODD = (
    "", " ", "\u00a0\u2003\t", "\0", "a\0b", "\ud800", "\udfff\ud800", "\U0010ffff", "\uffff\ufffe", "\ufeff", "\u202e\u2066", "e" + "\u0301" * 300,
    "👩‍👩‍👧‍👦" * 20, "ﷺ" * 50, "İıſK", "\r\n\r\n", "\x1b[31m", "=1+1", '"', "\\", "{{7*7}}", "' OR 1=1", "<script>", "../../etc/passwd", "%s%n", "中文" * 40,
)  # fmt: skip
NUMBERS = ("0", "-0", "1", "0.5", "1e999", "-1e999", "1e-999", "9" * 400, "-" + "9" * 30, "0." + "0" * 400 + "1", "NaN", "Infinity", "1e5000000", "18446744073709551616", "2.2250738585072011e-308", "0x10", "01", "+1", ".5", "1.")  # fmt: skip
FIELDS = ("text", "texts", "inputs", "model", "explain", "members", "abstain_below", "sets", "interval", "id", "parameters", "top_k", "truncate", "__proto__", "")  # fmt: skip
ENCODINGS = ("utf-8", "utf-16", "utf-16-be", "utf-32", "utf-8-sig", "utf-7", "gb18030", "latin-1", "cp500")
BROKEN = (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe4\xb8", b"\x80", b"\0", b"\xef\xbb\xbf")


class Body(NamedTuple):
    """What is sent.

    Attributes:
        head: the request's head.
        pieces: the body, in pieces between which time passes.
        pause: seconds between them.
        hangs_up: the client goes when it has sent this.
        lies: the head does not say how long the body is, so there may be no answer.
        ends: the client says when it has sent all; else the server has to give up.
    """

    head: bytes
    pieces: list[bytes]
    pause: float = 0.0
    hangs_up: bool = False
    lies: bool = False
    ends: bool = True


class Maker:
    """Makes the body of a number: the same one each time."""

    def __init__(self, seed: int, number: int) -> None:
        self.chance = random.Random(f"{seed}/{number}")

    def body(self) -> Body:
        """Of any kind."""
        chance = self.chance
        made: Callable[[], tuple[str, str, bytes]] = chance.choices(
            [self._json_body, self._lines_body, self._file_body, self._form_body, self._noise_body], [70, 12, 10, 4, 4]
        )[0]
        path, kind, content = made()
        if chance.random() < 0.35:
            content = self._spoiled(content)
        if chance.random() < 0.04:
            kind = chance.choice(KINDS)
        if chance.random() < 0.05:
            path += chance.choice(("?", "&", "?model=", "?text=%00", "?text=%ff%fe", "?sets=1e999", "?abstain_below=NaN", "?interval=0.9&interval=2", "?model=" + "x" * 3000, "?encoding=utf-16", "?encoding=zip", "?raw_scores=1"))  # fmt: skip
        return self._sent(path, kind, content)

    def _sent(self, path: str, kind: str, content: bytes) -> Body:
        chance = self.chance
        lines = [f"POST {path} HTTP/1.1", f"Host: {HOST}", f"Content-Type: {kind}"]
        if chance.random() < 0.02:
            lines.append(chance.choice(("Content-Encoding: gzip", "Expect: 100-continue", "Accept: application/x-ndjson", "Accept: \x7f", "X: " + "y" * 9000, "Transfer-Encoding: gzip")))  # fmt: skip
        lies, pieces = chance.random() < LIES, [content]
        if chance.random() < 0.1:
            lines.append("Transfer-Encoding: chunked")
            sizes = [f"{len(content):x}", "-1", "fffffffffffffffffff", "0x10", "", f"{len(content) + 5:x}"]
            size = chance.choice(sizes) if lies else sizes[0]
            pieces = [size.encode() + b"\r\n" + content + b"\r\n0\r\n\r\n" if content else b"0\r\n\r\n"]
        elif lies:
            length = chance.choice(("-1", "9" * 40, "1e3", "", str(len(content) + 7), str(len(content) // 2), f"{len(content)}\r\nContent-Length: 3"))  # fmt: skip
            lines.append(f"Content-Length: {length}")
        else:
            lines.append(f"Content-Length: {len(content)}")
        head = "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogatepass")
        draw = chance.random()
        if draw < NEVER_ENDS:
            return Body(head, [pieces[0][: len(content) // 2]], lies=True, ends=False)
        if draw < SLOW:
            step = max(1, len(content) // chance.randint(2, 8))
            parts = [pieces[0][k : k + step] for k in range(0, len(pieces[0]), step)]
            return Body(head, parts, pause=chance.uniform(0.01, 0.4), lies=lies)
        if draw < SLOW + HANGS_UP:
            return Body(head, [pieces[0][: chance.randint(0, len(pieces[0]))]], hangs_up=True)
        return Body(head, pieces, lies=lies)

    def _size(self, most: int) -> int:
        """Small ones mostly."""
        return int(most ** (self.chance.random() ** 1.5)) - self.chance.randint(0, 1)

    def _text(self, most: int = 2000) -> str:
        chance = self.chance
        draw = chance.random()
        if draw < 0.4:
            words = chance.choices(
                ("good", "film", "the", "dull", "not", "spam", "free", "!", "我", "喜欢"), k=self._size(most // 5)
            )
            return " ".join(words)
        if draw < 0.7:
            return "".join(chance.choices(ODD, k=self._size(12)))
        if draw < 0.8:
            return chance.choice("aé中😀\0\u200b ") * self._size(20 * most)
        return "".join(chr(chance.randrange(0x110000)) for _ in range(self._size(most // 10)))

    def _value(self, depth: int = 0) -> str:
        """Any value of JSON, or what somebody may take for one."""
        chance = self.chance
        draw = chance.random()
        if draw < 0.35:
            return self._string()
        if draw < 0.5:
            return chance.choice(NUMBERS)
        if draw < 0.62:
            return chance.choice(("null", "true", "false", "None", "undefined", "'a'", "", "[]", "{}", "[,]"))
        if draw < 0.64:
            deep = self._size(60_000)
            return (
                chance.choice(("[", '{"a":')) * deep
                + "1"
                + chance.choice(("]", "}")) * (deep if chance.random() < 0.7 else 0)
            )
        if draw < 0.85 or depth > 4:
            return "[" + ", ".join(self._string() for _ in range(self._size(40))) + "]"
        return "{" + ", ".join(f"{self._string()}: {self._value(depth + 1)}" for _ in range(self._size(6))) + "}"

    def _string(self, most: int = 2000) -> str:
        text = self._text(most)
        raw = json.dumps(text, ensure_ascii=self.chance.random() < 0.6)
        return (
            raw if self.chance.random() < 0.95 else raw.replace("\\u", self.chance.choice(("\\x", "\\U", "\\u{", "\\")))
        )

    def _encoded(self, text: str) -> bytes:
        chance = self.chance
        name = "utf-8" if chance.random() < 0.9 else chance.choice(ENCODINGS)
        return text.encode(name, "surrogatepass" if name.startswith("utf-") and name != "utf-7" else "replace")

    def _object(self) -> str:
        """A request, often one that can be answered."""
        chance = self.chance
        draw = chance.random()
        if draw < 0.25:
            first = f'"text": {self._string(20_000)}'
        elif draw < 0.6:
            count = self._size(60) if chance.random() < 0.98 else self._size(5000)
            first = '"texts": [' + ", ".join(self._string(400) for _ in range(count)) + "]"
        elif draw < 0.7:
            first = f'"inputs": {self._value()}'
        else:
            first = f'"{chance.choice(FIELDS)}": {self._value()}'
        more = [
            f'"{chance.choice(FIELDS)}": {self._value()}'
            for _ in range(chance.choices((0, 1, 2, 5), (70, 20, 8, 2))[0])
        ]
        return "{" + ", ".join([first, *more]) + "}"

    def _json_body(self) -> tuple[str, str, bytes]:
        chance = self.chance
        draw = chance.random()
        if draw < 0.88:
            said = self._object()
        elif draw < 0.998:
            said = self._value()
        else:
            said = (
                '{"texts": ["' + "a " * chance.choice((100_000, 250_000, 2_200_000)) + '"]}'
            )  # beyond tokens, or bytes
        return chance.choice(JSON_PATHS), JSON, self._encoded(said)

    def _lines_body(self) -> tuple[str, str, bytes]:
        end = self.chance.choice(("\n", "\n", "\r\n", "\n\n", "\0"))
        return (
            self.chance.choice(JSON_PATHS[:3]),
            LINES,
            self._encoded(end.join(self._object() for _ in range(self._size(15)))),
        )

    def _table(self) -> tuple[str, bytes]:
        chance = self.chance
        others = (CSV, ","), (CSV, ";"), ("text/tab-separated-values", "\t"), (LINES, "")
        kind, mark = (PARQUET, "") if chance.random() < UNPACKED else chance.choice(others)
        if kind == PARQUET:
            return kind, b"PAR1" + chance.randbytes(self._size(3000)) + chance.randbytes(4) + b"PAR1"
        if kind == LINES:
            return kind, self._encoded("\n".join(self._object() for _ in range(self._size(30))))
        quoted = chance.random() < 0.6
        columns = chance.choice((1, 2, 3, 3, 3, 40, 1001)) if chance.random() < 0.2 else 2
        names = ["text", *("abcdefgh"[k % 8] + "x" * (k // 8) for k in range(columns - 1))]
        rows = [
            [self._text(100) for _ in range(columns + chance.choice((0, 0, 0, 0, -1, 1)))]
            for _ in range(self._size(30))
        ]
        cells = [[json.dumps(cell) if quoted else cell for cell in row] for row in [names, *rows]]
        return kind, self._encoded("\n".join(mark.join(row) for row in cells))

    def _file_body(self) -> tuple[str, str, bytes]:
        path = self.chance.choice(("/v1/files", "/v1/files", "/v1/files/columns"))
        return path, *self._table()

    def _form_body(self) -> tuple[str, str, bytes]:
        chance = self.chance
        kind, content = self._table()
        mark = chance.choice(("b", "b" * 70, "", "b b", 'b"'))
        ends = chance.choice(("\r\n", "\r\n", "\n", ""))
        name = chance.choice(("a.csv", "a.jsonl", "a.parquet", "../a.csv", "", "a\0.csv", "é.tsv"))
        part = f'--{mark}{ends}Content-Disposition: form-data; name="file"; filename="{name}"{ends}Content-Type: {kind}{ends}{ends}'
        many = chance.choice((1, 1, 1, 0, 2, 60))
        whole = (part.encode() + content + ends.encode()) * many + chance.choice((f"--{mark}--{ends}", "")).encode()
        return chance.choice(("/v1/files", "/v1/files/columns")), f"multipart/form-data; boundary={mark}", whole

    def _noise_body(self) -> tuple[str, str, bytes]:
        return (
            self.chance.choice((*JSON_PATHS, "/v1/files", "/v1/files/columns")),
            self.chance.choice(KINDS),
            self.chance.randbytes(self._size(4000)),
        )

    def _spoiled(self, content: bytes) -> bytes:
        """Bytes turned over, put in, left out, said twice."""
        chance, made = self.chance, bytearray(content)
        for _ in range(chance.choice((1, 1, 2, 8))):
            place = chance.randint(0, len(made))
            draw = chance.random()
            if draw < 0.3 and place < len(made):
                made[place] ^= 1 << chance.randrange(8)
            elif draw < 0.55:
                made[place:place] = chance.choice(BROKEN)
            elif draw < 0.7:
                made[place:place] = self._encoded(chance.choice(ODD))
            elif draw < 0.85:
                del made[place:]
            elif draw < 0.95:
                del made[place : place + chance.randint(1, 20)]
            elif len(made) < MIB:
                made *= 2
        return bytes(made)


@dataclass
class Found:
    """What came of it."""

    statuses: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[int, str]] = field(default_factory=list)
    memory: list[tuple[int, float]] = field(default_factory=list)
    sent: int = 0


async def outcome(port: int, body: Body) -> str:
    """The status of an answer, or how there was none."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(body.head)
        for piece in body.pieces:
            writer.write(piece)
            if body.pause:
                await writer.drain()
                await asyncio.sleep(body.pause)
        if body.hangs_up:
            return HUNG_UP
        if body.lies and body.ends:
            writer.write_eof()
        async with asyncio.timeout(LONGEST_ANSWER):
            first = await reader.readline()
            while first.startswith(b"HTTP/1.1 100"):
                await reader.readline()
                first = await reader.readline()
            if not first:
                return CLOSED
            if body.lies:  # the rest of a body that lied may be a request of its own
                return first[9:12].decode()
            await whole(reader)
            return first[9:12].decode()
    except TimeoutError:
        return LATE
    except (OSError, asyncio.IncompleteReadError):
        return CLOSED
    finally:
        writer.transport.abort()


async def whole(reader: asyncio.StreamReader) -> None:
    """Read a reply to its end."""
    length, chunked = 0, False
    while (line := await reader.readline()) not in {b"\r\n", b""}:
        name, _, value = line.lower().partition(b":")
        length = int(value) if name == b"content-length" else length
        chunked |= name == b"transfer-encoding"
    if not chunked:
        await reader.readexactly(length)
        return
    while size := int((await reader.readline()).strip() or b"0", 16):
        await reader.readexactly(size + 2)


async def fuzzed(server: Server, asked: argparse.Namespace) -> Found:
    """Send all."""
    found, numbers, end = Found(), iter(range(asked.bodies)), time.monotonic() + 60 * asked.minutes
    every = max(1, asked.bodies // 100)

    async def client() -> None:
        for number in numbers:
            if time.monotonic() > end or len(found.failures) >= KEPT:
                return
            body = Maker(asked.seed, number).body()
            status = await outcome(server.port, body)
            found.statuses[status] += 1
            found.sent += 1
            if failed(status, body):
                found.failures.append((number, status))
            if found.sent % every == 0:
                found.memory.append((found.sent, round(server.memory(), 1)))
                print(f"{found.memory[-1]}, {dict(found.statuses)}", file=sys.stderr, flush=True)
                if not await asyncio.to_thread(unchanged, server):
                    found.failures.append((number, "the plain request has another answer"))

    await asyncio.gather(*(client() for _ in range(asked.clients)))
    return found


def failed(status: str, body: Body) -> bool:
    """Whether the server did what it must not."""
    if status.isdecimal():
        return int(status) >= FAILED and int(status) != MISSING_EXTRA
    return status == LATE or (status == CLOSED and not body.lies)


def unchanged(server: Server) -> bool:
    """Whether a plain request has the answer that it had at first; where the server is full it waits."""
    while (said := say(server.port, PLAIN, LONGEST_ANSWER))[0] == FULL:
        time.sleep(0.5)
    return said[0] == OK and bool(np.allclose(probabilities(said[1]), probabilities(server.first), atol=1e-5))


def probabilities(body: bytes) -> list[list[float]]:
    """Of each text."""
    return [list(each["probabilities"].values()) for each in json.loads(body)["answers"]]


def keep(asked: argparse.Namespace, failures: Sequence[tuple[int, str]]) -> Path:
    """The bodies that made it fail, in a folder."""
    folder = Path(tempfile.mkdtemp(prefix="reread-fuzz-"))
    for number, status in failures:
        body = Maker(asked.seed, number).body()
        (folder / f"{number}_{status.replace(' ', '_')}").write_bytes(body.head + b"".join(body.pieces))
    return folder


def summary(found: Found, said: str) -> dict[str, Any]:
    """What the record says; memory after a fifth of the bodies, at the end, and the most."""
    memory = [each for _, each in found.memory]
    fifth = len(memory) // 5
    return {
        "sent": found.sent,
        "statuses": dict(sorted(found.statuses.items())),
        "failures": len(found.failures),
        "stderr_lines": len(said.splitlines()),
        "memory_mib": {
            "after_a_fifth": round(float(np.median(memory[fifth : 2 * fifth + 1])), 1),
            "at_the_end": round(float(np.median(memory[-fifth - 1 :])), 1),
            "most": max(memory),
            "all": memory,
        },
    }


def table() -> list[str]:
    """The last run, a line for each outcome."""
    line = lines_of(FILE)[-1]
    told = [f"{count:,} {status}" for status, count in line["statuses"].items()]
    memory = line["memory_mib"]
    return [
        "| bodies | outcomes | 5xx, late or cut off | memory after a fifth, MiB | at the end | most |",
        "|---:|---|---:|---:|---:|---:|",
        f"| {line['sent']:,} | {', '.join(told)} | {line['failures']} | {memory['after_a_fifth']:.0f} | {memory['at_the_end']:.0f} | {memory['most']:.0f} |",
    ]


def main() -> int:
    """Send, record, make the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, nargs="?", default=MODEL)
    parser.add_argument("--bodies", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--dry", action="store_true", help="record nothing")
    asked = parser.parse_args()
    command = [*SERVE, str(asked.model), "--threads", "1", "--max-wait", "3600000"]
    with tempfile.TemporaryFile() as errors:
        server = Server(command, None, PLAIN, errors=errors)
        try:
            started = time.monotonic()
            found = asyncio.run(fuzzed(server, asked))
            seconds = time.monotonic() - started
        finally:
            code = server.end()
        errors.seek(0)
        said = errors.read().decode(errors="replace")
    line = {
        "bodies": asked.bodies, "seed": asked.seed, "clients": asked.clients, **model_facts(asked.model),
        **summary(found, said), "seconds": round(seconds), "exit_code": code, **circumstances(),
        "command": f"serve_fuzz.py --bodies {asked.bodies} --seed {asked.seed} --clients {asked.clients}",
    }  # fmt: skip
    if said:
        print(said[-4000:], file=sys.stderr)
    if found.failures:
        print(f"{found.failures}: bodies in {keep(asked, found.failures)}", file=sys.stderr)
    if asked.dry:
        print(json.dumps(line))
    else:
        record(FILE, line)
        write_table("serve_fuzz.py", table())
    return int(bool(found.failures or said or code))


if __name__ == "__main__":
    sys.exit(main())
