"""The same model behind `reread serve`, LitServe and FastAPI: texts a second at equal p99.

    python benchmarks/reliability/serve_speed.py MODEL --peers PYTHON [--texts 1] [--words 20] [--rounds 5] [--seconds 1.5]
    python benchmarks/reliability/serve_speed.py --table                          (only the table of docs/operating.md)

PYTHON is that of an environment with benchmarks/peers/requirements_serving.txt; without it those sides are left out. A request has --texts texts of
--words words of the model's vocabulary. In each round each side is started anew, pinned to one core, with one thread; the clients are on the other core.
The sides take turns, and each round begins with another one. All must give one answer to one request.

- Many clients: --clients connections, an open loop with constant arrival. The highest rate at which every request is answered and p99, from when a
  request was due, is at most --p99 ms, the same for all: up by 6 % while that is so, or down until it is.
- One client asks as soon as it has its answer.

Medians over rounds; ratios are medians of the rounds' ratios. A line of benchmarks/results/serve_speed.jsonl for each run, then the table.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
from serve_load import (
    ROOT,
    SERVE,
    Clients,
    Outcome,
    Server,
    bodies_of,
    cores,
    lines_of,
    median,
    model_facts,
    record,
    rounded,
    serving,
    write_table,
)

from reread.machine import circumstances

FILE = "serve_speed.jsonl"
PEERS = ROOT / "benchmarks" / "peers"
OURS, PLAIN, LIT = "reread serve", "FastAPI", "LitServe"
STEP, MOST_TRIALS = 1.06, 12
WARM_SECONDS = 0.5
CLOSE = 1e-5  # float32, whatever the batch
Figures = dict[str, dict[str, list[float | None]]]


def sides(model: Path, peers: str | None) -> dict[str, list[str]]:
    """The commands."""
    found = {OURS: [*SERVE, str(model), "--threads", "1", "--quiet", "--max-wait", "10000"]}
    if peers is None:
        print("without --peers FastAPI and LitServe are left out", file=sys.stderr)
        return found
    plain, lit = ([peers, str(PEERS / name), str(model)] for name in ("serving_fastapi.py", "serving_litserve.py"))
    return {
        **found,
        PLAIN: plain,
        f"{PLAIN}, on the loop": [*plain, "--on-loop"],
        LIT: [*lit, "--batch", "1"],
        f"{LIT}, batches": lit,
    }


async def highest(passes: Callable[[float], Awaitable[bool]], start: float) -> float:
    """The highest rate that passes, to a step; 0 if none did."""
    rate, passed, failed = start, 0.0, False
    for _ in range(MOST_TRIALS):
        if await passes(rate):
            passed = rate
            if failed:
                break
            rate *= STEP
        else:
            failed = True
            if passed:
                break
            rate /= STEP
    return passed


async def measured(server: Server, sent: list[bytes], start: float | None, asked: argparse.Namespace) -> dict[str, Any]:
    """One side in one round: requests a second of many clients and of one, each with its p99."""
    kept: dict[float, Outcome] = {}
    async with Clients.to(server.port, sent, asked.clients) as many:
        found = await many.without_pause(WARM_SECONDS)

        async def passes(rate: float) -> bool:
            kept[rate] = await many.at_rate(rate, asked.seconds)
            return kept[rate].all_ok() and (kept[rate].milliseconds() or 0) <= asked.p99

        best = await highest(passes, start or found.rate())
    async with Clients.to(server.port, sent, 1) as one:
        await one.without_pause(WARM_SECONDS / 5)
        alone = await one.without_pause(asked.seconds)
    if not alone.all_ok():
        raise SystemExit(f"one client was not answered: {alone.statuses()}")
    return {"many": best, "many_p99": kept[best].milliseconds() if best else None, "one": alone.rate(), "one_p99": alone.milliseconds()}  # fmt: skip


def probabilities(body: bytes) -> np.ndarray[Any, np.dtype[np.float64]]:
    """What a side answered, classes by name."""
    found = [each["probabilities"] for each in json.loads(body)["answers"]]
    return np.array([[each[name] for name in sorted(each)] for each in found])


def raced(asked: argparse.Namespace) -> Figures:
    """Every side in every round."""
    commands, sent = sides(asked.model, asked.peers), bodies_of(asked.model, asked.texts, asked.words)
    names, found, first = list(commands), Figures(), None
    served, clients = cores()
    os.sched_setaffinity(0, [clients])
    for k in range(asked.rounds):
        for name in names[k % len(names) :] + names[: k % len(names)]:
            started = time.monotonic()
            with serving(commands[name], served, sent[0]) as server:
                answers = probabilities(server.first)
                first = answers if first is None else first
                if answers.shape != first.shape or not np.allclose(answers, first, atol=CLOSE):
                    raise SystemExit(f"{name} answers otherwise than the others")
                figures = found.setdefault(name, {})
                before = figures.get("many", [None])[-1]
                for what, value in asyncio.run(measured(server, sent, before, asked)).items():
                    figures.setdefault(what, []).append(rounded(value))
            told = {what: values[-1] for what, values in figures.items()}
            print(f"{k + 1}: {name}: {told}, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return found


def ratio(ours: list[float | None], theirs: list[float | None]) -> float | None:
    """The median of the rounds' ratios."""
    return rounded(median([a / b if a and b else None for a, b in zip(ours, theirs, strict=True)]), 3)


def summary(found: Figures, texts: int) -> dict[str, Any]:
    """Medians, in texts a second, and how many times as many as each other side's."""
    return {
        name: {
            **{f"{what}_texts_a_second": rounded((median(each[what]) or 0) * texts) for what in ("many", "one")},
            **{f"{what}_p99_ms": rounded(median(each[f"{what}_p99"]), 3) for what in ("many", "one")},
            **{f"{what}_times": ratio(found[OURS][what], each[what]) for what in ("many", "one") if name != OURS},
            "rounds": each,
        }
        for name, each in found.items()
    }


def table() -> list[str]:
    """The last run of each length and number of texts, a line for each side."""
    last = {(line["texts"], line["words"]): line for line in lines_of(FILE)}
    made = [
        "| texts × words | server | many clients, texts/s | p99, ms | reread is | one client, texts/s | p99, ms | reread is |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for (texts, words), line in sorted(last.items()):
        for name, each in line["sides"].items():
            cells = [
                cell
                for what in ("many", "one")
                for cell in (
                    f"{each[f'{what}_texts_a_second']:,.0f}",
                    f"{each[f'{what}_p99_ms'] or float('nan'):.3g}",
                    f"{each[f'{what}_times']:.2f} ×" if each.get(f"{what}_times") else "",
                )
            ]
            made.append(f"| {texts} × {words} | {name} | {' | '.join(cells)} |")
    return made


def main() -> None:
    """Race, record, make the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, nargs="?")
    parser.add_argument("--peers", metavar="PYTHON")
    parser.add_argument("--texts", type=int, default=1)
    parser.add_argument("--words", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5, help="of a trial")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--p99", type=float, default=250, help="milliseconds")
    parser.add_argument("--table", action="store_true", help="only make the table of the page")
    parser.add_argument("--dry", action="store_true", help="record nothing")
    asked = parser.parse_args()
    if not asked.table:
        if asked.model is None:
            parser.error("expected MODEL, or --table")
        found = raced(asked)
        options = {name: getattr(asked, name) for name in ("texts", "words", "rounds", "seconds", "clients", "p99")}
        line = {**options, **model_facts(asked.model), "sides": summary(found, asked.texts), **circumstances()}
        command = " ".join(f"--{name} {value:g}" for name, value in options.items())
        line["command"] = f"serve_speed.py MODEL --peers PYTHON {command}"
        if asked.dry:
            print(json.dumps(line, indent=1))
            return
        record(FILE, line)
    write_table("serve_speed.py", table())


if __name__ == "__main__":
    main()
