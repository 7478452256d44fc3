"""Does `reread serve` grow? Ten minutes of steady load, and the memory that it holds.

    python benchmarks/reliability/serve_steady.py MODEL [--minutes 10] [--load 0.5]

One server on one core; the clients are on the other one. Requests of 1 and of 32 texts, of 20 and of 200 words, in turn, in an open loop at --load of the rate that
the server has where clients ask without a pause. Its memory is noted twice a second; medians of every minute. It is flat where the last minute's is at
most 2 % above that of the second: in the first one it takes what its batches need. A line of benchmarks/results/serve_steady.jsonl, then the table of docs/operating.md; ends with 1
if it is not flat, or a request was not answered.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from serve_load import (
    SERVE,
    Clients,
    Server,
    bodies_of,
    cores,
    lines_of,
    model_facts,
    record,
    resident,
    rounded,
    serving,
    write_table,
)

from reread.machine import circumstances

FILE = "serve_steady.jsonl"
MIX = ((1, 20), (32, 20), (1, 200), (32, 200))  # texts of a request, words of a text
CLIENTS, CAPACITY_SECONDS = 32, 10.0
EVERY, MINUTE, REST = 0.5, 60.0, 0.001  # seconds
FLAT = 1.02


async def noted(process: int, memory: list[tuple[float, float]]) -> None:
    """Seconds, and the MiB that a process holds, until cancelled."""
    start = time.monotonic()
    while True:
        memory.append((time.monotonic() - start, resident(process) / 2**20))
        await asyncio.sleep(EVERY)


async def steady(server: Server, sent: list[bytes], asked: argparse.Namespace) -> dict[str, Any]:
    """The load, and the memory of each minute."""
    async with Clients.to(server.port, sent, CLIENTS, REST) as clients:
        await clients.without_pause(1)
        full = await clients.without_pause(CAPACITY_SECONDS)
        memory: list[tuple[float, float]] = []
        watch = asyncio.create_task(noted(server.process.pid, memory))
        found = await clients.at_rate(asked.load * full.rate(), MINUTE * asked.minutes)
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
    seconds, held = np.array(memory).T
    minutes = [
        round(float(np.median(held[(seconds >= MINUTE * k) & (seconds < MINUTE * (k + 1))])), 2)
        for k in range(max(1, int(seconds[-1] // MINUTE)))
    ]
    return {
        "requests_a_second": rounded(asked.load * full.rate()), "statuses": found.statuses(),
        "p99_ms": rounded(found.milliseconds()), "memory_mib": minutes, "most_mib": round(float(held.max()), 1),
        "flat": minutes[-1] <= FLAT * minutes[min(1, len(minutes) - 1)], "answered": found.all_ok(),
    }  # fmt: skip


def table() -> list[str]:
    """The last run."""
    line = lines_of(FILE)[-1]
    statuses = ", ".join(f"{count:,} {status}" for status, count in sorted(line["statuses"].items()))
    memory = line["memory_mib"]
    return [
        "| minutes | requests/s | statuses | p99, ms | memory in the second minute, MiB | in the last | most |",
        "|---:|---:|---|---:|---:|---:|---:|",
        f"| {line['minutes']:g} | {line['requests_a_second']:,.0f} | {statuses} | {line['p99_ms']:,.0f} | {memory[min(1, len(memory) - 1)]:.1f} | {memory[-1]:.1f} | {line['most_mib']:.1f} |",
    ]


def main() -> int:
    """Measure, record, make the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--load", type=float, default=0.5)
    parser.add_argument("--dry", action="store_true", help="record nothing")
    asked = parser.parse_args()
    kinds = [bodies_of(asked.model, *each) for each in MIX]
    sent = list(chain.from_iterable(zip(*kinds, strict=True)))
    served, clients = cores()
    os.sched_setaffinity(0, [clients])
    command = [*SERVE, str(asked.model), "--threads", "1", "--quiet", "--max-wait", "60000"]
    with serving(command, served, sent[0]) as server:
        found = asyncio.run(steady(server, sent, asked))
    line = {
        "minutes": asked.minutes, "load": asked.load, **model_facts(asked.model), **found, **circumstances(),
        "command": f"serve_steady.py MODEL --minutes {asked.minutes:g} --load {asked.load:g}",
    }  # fmt: skip
    if asked.dry:
        print(json.dumps(line))
    else:
        record(FILE, line)
        write_table("serve_steady.py", table())
    return int(not (found["flat"] and found["answered"]))


if __name__ == "__main__":
    sys.exit(main())
