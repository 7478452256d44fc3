"""Is `reread serve` honest when it is full? Offered ten times its capacity: statuses, p99 of what it accepts, recovery, Retry-After against the truth.

    python benchmarks/reliability/serve_overload.py MODEL [--texts 32] [--words 200] [--max-wait 100] [--times 10] [--seconds 120]
    python benchmarks/reliability/serve_overload.py --table                       (only the table of docs/operating.md)

One server on one core, with one thread; the clients are on the other core. A request has --texts texts of --words words.

1. Capacity: requests a second of clients that ask without a pause, of a server that refuses none. Their p99 is that of a server that is busy all the time.
2. Normal: an open loop at --load of the capacity; its p99.
3. Overload: an open loop at --times the capacity for --seconds, on --clients connections. A request that finds none free for 0.1 s is not sent: a server that
   cannot even refuse so many shows there. Then the normal load at once: recovered is the server when from then on every quarter of a second has only 200 and
   a p99 of at most twice the normal one.
4. Retry-After: a server with --max-wait 1 gets one long body after the other, and, while that is answered, a short one, which is refused. What it
   says (the wait in milliseconds in the detail, whole seconds in Retry-After, at least 1) beside the time until the long one is really done.

A line of benchmarks/results/serve_overload.jsonl, then the table.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from serve_load import (
    FULL,
    HOST,
    LENGTH,
    NOT_SENT,
    OK,
    RETRY,
    SERVE,
    START,
    Clients,
    Outcome,
    bodies_of,
    cores,
    lines_of,
    model_facts,
    record,
    request,
    rounded,
    serving,
    texts_of,
    write_table,
)

from reread.machine import circumstances

FILE = "serve_overload.jsonl"
BATCHES, BATCH_WORDS, FEW, MANY = 3, 8192, 2, 64  # requests of so many batches keep the scorer busy
CAPACITY_SECONDS, NORMAL_SECONDS, AFTER_SECONDS = 8.0, 15.0, 10.0
PATIENCE, WINDOW = 0.1, 0.25  # seconds
ENOUGH = 60_000  # milliseconds that nobody waits
LONG = (5_000, 150_000)  # words of a long body
ASKS, WARM_ASKS = 40, 10
LEAST = 0.05  # seconds of waiting that are compared
SAID = re.compile(rb"would wait ([\d,]+) ms")


async def filled(port: int, sent: list[bytes], asked: argparse.Namespace) -> Outcome:
    """A server that is busy all the time."""
    busy = min(MANY, max(FEW, -(-BATCHES * BATCH_WORDS // (asked.texts * asked.words))))
    async with Clients.to(port, sent, busy) as clients:
        await clients.without_pause(1)
        return await clients.without_pause(CAPACITY_SECONDS)


async def loaded(port: int, sent: list[bytes], asked: argparse.Namespace, full: Outcome) -> dict[str, Any]:
    """Capacity, normal, overload, recovery."""
    capacity = full.rate()
    async with Clients.to(port, sent, asked.clients) as clients:
        normal = await clients.at_rate(asked.load * capacity, NORMAL_SECONDS)
        over = np.arange(round(asked.times * capacity * asked.seconds)) / (asked.times * capacity)
        after = asked.seconds + np.arange(round(asked.load * capacity * AFTER_SECONDS)) / (asked.load * capacity)
        whole = await clients.at_times(np.concatenate([over, after]), PATIENCE)
    overload, calm = Outcome(whole.asked[: len(over)]), Outcome(whole.asked[len(over) :])
    usual = normal.milliseconds() or float("nan")
    return {
        "capacity_texts_a_second": rounded(capacity * asked.texts),
        "statuses": {"busy": full.statuses(), "normal": normal.statuses(), "overload": overload.statuses(), "after": calm.statuses()},
        "p99_ms": {"busy": rounded(full.milliseconds()), "normal": rounded(usual), "accepted": rounded(overload.milliseconds()), "refused": rounded(overload.milliseconds(status=FULL))},
        "accepted_p50_ms": rounded(overload.milliseconds(0.5)),
        "accepted_times_normal": rounded((overload.milliseconds() or float("nan")) / usual, 3),
        "sent_times": rounded(asked.times * np.mean([each.sent is not None for each in overload.asked]), 3),
        "accepted_share_of_capacity": rounded(overload.rate() / capacity, 3),
        "recovered_after_seconds": recovered(calm, usual),
        "retry_after_sent": sorted({each.retry for each in overload.asked if each.retry is not None}),
    }  # fmt: skip


def recovered(calm: Outcome, usual: float) -> float | None:
    """Seconds after which all is as normal; None: it does not come to that."""
    start, last = calm.asked[0].due, 0.0
    due = np.array([each.due - start for each in calm.asked])
    for window in np.arange(0, due[-1], WINDOW):
        inside = Outcome([calm.asked[k] for k in np.flatnonzero((due >= window) & (due < window + WINDOW))])
        if not inside.all_ok() or (inside.milliseconds() or 0) > 2 * usual:
            last = float(window + WINDOW)
    return last if last < due[-1] - WINDOW else None


def long_body(model: Path, words: int, seed: int) -> bytes:
    """A request with so many words in texts of a hundred."""
    return request("/v1/predict", json.dumps({"texts": texts_of(model, max(1, words // 100), 100, seed)}).encode())


async def waits(port: int, model: Path) -> list[dict[str, float]]:
    """What a refused request is told, in seconds, beside how long the scorer is really busy."""
    chance, found, usual = np.random.default_rng(0), [], 1e-5
    for turn in range(ASKS + WARM_ASKS):
        words = round(float(np.exp(chance.uniform(*np.log(LONG)))))
        async with Clients.to(port, [long_body(model, words, turn)], 1) as one:
            long = asyncio.create_task(one.at_times(np.zeros(1)))
            await asyncio.sleep(START + float(chance.uniform(0.2, 0.6)) * words * usual)
            status, at, said, retry_after = await told(port)
            (answered,) = (await long).asked
        if answered.status != OK or answered.done is None or answered.sent is None:
            raise SystemExit(f"a long body was not answered: {answered}")
        usual, truth = (answered.done - answered.sent) / words, answered.done - at
        if turn >= WARM_ASKS and status == FULL and truth >= LEAST:
            found.append({"said": said, "retry_after": retry_after, "truth": round(truth, 4)})
    return found


async def told(port: int) -> tuple[int, float, float, float]:
    """A short request's status and when it was there, the wait that it was told, and Retry-After."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(request("/v1/predict", b'{"text": "a film"}'))
        head = await reader.readuntil(b"\r\n\r\n")
        at, length, retry = time.perf_counter(), LENGTH.search(head), RETRY.search(head)
        said = SAID.search(await reader.readexactly(int(length[1]) if length else 0))
    finally:
        writer.close()
    wait = float(said[1].replace(b",", b"")) / 1000 if said else 0.0
    return int(head[9:12]), at, wait, float(retry[1]) if retry else 0.0


def compared(found: list[dict[str, float]]) -> dict[str, Any]:
    """How right what was said is; Retry-After has whole seconds, so it is compared with the whole seconds of the truth."""
    ratios = [each["said"] / each["truth"] for each in found]
    seconds = [each["retry_after"] / max(1, math.ceil(each["truth"])) for each in found]
    return {
        "asked": len(found),
        "truth_seconds": [rounded(value, 3) for value in np.quantile([each["truth"] for each in found], (0, 0.5, 1))],
        "said_times_truth": [rounded(value, 3) for value in np.quantile(ratios, (0, 0.5, 1))],
        "said_within_two": within_two(ratios),
        "retry_after_within_two": within_two(seconds),
        "all": found,
    }


def within_two(ratios: list[float]) -> float:
    """The share that is right within a factor of two."""
    return round(float(np.mean([0.5 <= ratio <= 2 for ratio in ratios])), 3)


def table() -> list[str]:
    """The last run of each length and number of texts, a line each."""
    last = {(line["texts"], line["words"], line["max_wait"]): line for line in lines_of(FILE)}
    made = [
        "| texts × words | capacity, texts/s | `--max-wait`, ms | sent, times capacity | statuses | accepted, of capacity | p99 normal, ms | busy | accepted | recovered after, s | wait said, of the truth | right within two: wait, Retry-After |",
        "|---|---:|---:|---:|---|---:|---:|---:|---:|---:|---|---|",
    ]
    for (texts, words, most), line in sorted(last.items()):
        p99, said = line["p99_ms"], line["retry_after"]
        statuses = ", ".join(f"{count:,} {status}" for status, count in sorted(line["statuses"]["overload"].items()))
        cells = [
            f"{texts} × {words}", f"{line['capacity_texts_a_second']:,.0f}", f"{most:g}", f"{line['sent_times']:.2g}", statuses,
            f"{100 * line['accepted_share_of_capacity']:.0f} %", *(f"{p99[name]:,.0f}" for name in ("normal", "busy")),
            f"{p99['accepted']:,.0f}, {line['accepted_times_normal']:.2g} × normal", f"{line['recovered_after_seconds']}",
            f"{said['said_times_truth'][0]:.2f}–{said['said_times_truth'][2]:.2f}, median {said['said_times_truth'][1]:.2f}",
            f"{100 * said['said_within_two']:.0f} %, {100 * said['retry_after_within_two']:.0f} %",
        ]  # fmt: skip
        made.append(f"| {' | '.join(cells)} |")
    return made


def main() -> int:
    """Measure, record, make the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, nargs="?")
    parser.add_argument("--texts", type=int, default=32)
    parser.add_argument("--words", type=int, default=200)
    parser.add_argument("--max-wait", type=float, default=100, help="of the server, milliseconds")
    parser.add_argument("--times", type=float, default=10, help="the capacity")
    parser.add_argument("--load", type=float, default=0.7, help="share of the capacity that is normal")
    parser.add_argument("--seconds", type=float, default=120, help="of the overload")
    parser.add_argument("--clients", type=int, default=256)
    parser.add_argument("--table", action="store_true", help="only make the table of the page")
    parser.add_argument("--dry", action="store_true", help="record nothing")
    asked = parser.parse_args()
    if asked.table:
        write_table("serve_overload.py", table())
        return 0
    if asked.model is None:
        parser.error("expected MODEL, or --table")
    sent = bodies_of(asked.model, asked.texts, asked.words)
    command = [*SERVE, str(asked.model), "--threads", "1", "--quiet", "--max-wait"]
    served, clients = cores()
    os.sched_setaffinity(0, [clients])
    with serving([*command, f"{ENOUGH}"], served, sent[0]) as server:
        full = asyncio.run(filled(server.port, sent, asked))
    with serving([*command, f"{asked.max_wait:g}"], served, sent[0]) as server:
        found = asyncio.run(loaded(server.port, sent, asked, full))
    with serving([*command, "1"], served, sent[0]) as server:
        found["retry_after"] = compared(asyncio.run(waits(server.port, asked.model)))
    names = ("texts", "words", "max_wait", "times", "load", "seconds", "clients")
    options = {name: getattr(asked, name) for name in names}
    told = " ".join(f"--{name.replace('_', '-')} {value:g}" for name, value in options.items())
    line = {
        **options, **model_facts(asked.model), **found, **circumstances(), "command": f"serve_overload.py MODEL {told}",
    }  # fmt: skip
    if asked.dry:
        print(json.dumps(line))
    else:
        record(FILE, line)
        write_table("serve_overload.py", table())
    return int(not set(found["statuses"]["overload"]) <= {str(OK), str(FULL), NOT_SENT})


if __name__ == "__main__":
    sys.exit(main())
