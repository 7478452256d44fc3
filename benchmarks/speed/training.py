"""From raw texts to trained weights: reread beside plain PyTorch, skorch and Keras 3, the same network on the same rows, in turn.

    python benchmarks/speed/training.py --data imdb --python keras=keras/bin/python --python peers=peers/bin/python
    python benchmarks/speed/training.py --data imdb --rows 22500 --epochs 6 --rounds 1 --side reread --side …      (seconds to an accuracy)
    python benchmarks/speed/training.py --data imdb --side reread --replicas 2                     (two at once, a core each)

Each side trains in a process of its own (benchmarks/peers), pinned to as many cores as it has threads: embedding 200, LSTM 128 in both
directions, maximum over time, one linear layer; 30,000 words, 400 a text, batches of 64, Adam at 0.001, no dropout. Each cuts texts into words
as its own tutorials do, so each counts its own real words. The clocks start when the texts are in memory, imports done, and stand while
the rows held out are answered, whose accuracy stands beside; answering them is timed too, from raw text. Peak memory is the process's, libraries included.

--python keras= and peers= name the environments of benchmarks/peers/requirements*.txt; sides without theirs are left out, and said. Every finished run
is a line of benchmarks/results/training_DATA.jsonl; lines of one call have the same `run`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from racing import RESULTS, ROOT, Rows, options, pin, train_and_held_out

from reread.machine import circumstances

PEERS = ROOT / "benchmarks" / "peers"


@dataclass(frozen=True)
class Side:
    """A script of benchmarks/peers, the environment that it runs in, and its options."""

    script: str
    python: str = "reread"
    backend: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


SIDES = {
    "reread": Side("reread_texts.py"),
    "reread, engine torch": Side("reread_texts.py", options={"settings": {"training": {"engine": "torch"}}}),
    "PyTorch, padded": Side("torch_loop.py"),
    "PyTorch, packed": Side("torch_loop.py", options={"packed": True}),
    "skorch": Side("skorch_net.py", "peers"),
    "Keras, TensorFlow": Side("keras_texts.py", "peers", "tensorflow"),
    "Keras, JAX": Side("keras_texts.py", "keras", "jax"),
}
AS_THEY_ARE = {name: Side("reread_texts.py", options={"recipe": name, "as_is": True}) for name in ("bilstm_max",)}
"""Recipes with all that they have, for the seconds to an accuracy; not in a race of equal networks."""


def environment(side: Side, threads: int) -> dict[str, str]:
    """What the libraries read when they are imported."""
    count = str(threads)
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NPROC", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")  # fmt: skip
    single = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"} if threads == 1 and side.backend == "jax" else {}
    return {**os.environ, **dict.fromkeys(names, count), **single, "KERAS_BACKEND": side.backend, "TF_CPP_MIN_LOG_LEVEL": "3"}  # fmt: skip


@contextmanager
def started(side: Side, python: str, rows: Mapping[str, Any], settings: Mapping[str, Any], cores: Sequence[int]) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:  # fmt: skip
    """A side at work on these cores, and its folder."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        own = {**settings, "threads": len(cores), "options": dict(side.options)}
        for name, content in (("rows", rows), ("settings", own)):
            (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cores)  # inherited
        process = subprocess.Popen([python, PEERS / side.script, folder], env=environment(side, len(cores)))
        os.sched_setaffinity(0, before)
        yield process, folder


def result_of(process: subprocess.Popen[bytes], folder: Path) -> dict[str, Any]:
    """Wait for a side: what the judge found."""
    if process.wait():
        raise SystemExit(f"{process.args} ended with {process.returncode}")
    result: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return result


def lines_of(name: str, side: Side, python: str, rows: Mapping[str, Any], settings: Mapping[str, Any], cores: Sequence[int], replicas: int) -> list[dict[str, Any]]:  # fmt: skip
    """Run a side once, or its replicas at once with a core each: a line for each process."""
    begun = time.perf_counter()
    if replicas == 1:
        with started(side, python, rows, settings, cores) as work:
            results = [result_of(*work)]
    else:
        with started(side, python, rows, settings, cores[:1]) as one, started(side, python, rows, settings, cores[1:2]) as other:  # fmt: skip
            results = [result_of(*one), result_of(*other)]
    whole = round(time.perf_counter() - begun, 3)
    return [{"side": name, "replicas": replicas, "process_seconds": whole, **result} for result in results]


def indexed(rows: Rows, classes: Sequence[str]) -> tuple[list[str], list[int]]:
    """Texts and the numbers of their classes."""
    return rows.texts, [classes.index(label) for label in rows.labels]


def chosen_sides(arguments: argparse.Namespace) -> dict[str, tuple[Side, str]]:
    """The sides that are asked for and have a Python."""
    pythons = {"reread": sys.executable, **dict(each.split("=", 1) for each in arguments.python)}
    sides = {name: side for name, side in {**SIDES, **AS_THEY_ARE}.items() if name in (arguments.side or SIDES)}
    missing = [name for name, side in sides.items() if side.python not in pythons]
    if missing:
        print("left out, no --python given:", ", ".join(missing))
    return {name: (side, pythons[side.python]) for name, side in sides.items() if name not in missing}


def main() -> None:
    """Run every side in every round."""
    parser = options(__doc__ or "", rounds=3, rows=6000)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--held-out", type=int, default=2500, help="rows answered at most (default 2500)")
    parser.add_argument("--threads", type=int, default=1, help="0: one for each core (default 1)")
    parser.add_argument("--replicas", type=int, choices=(1, 2), default=1, help="2: one alone, then two at once on a core each")
    parser.add_argument("--side", action="append", choices=[*SIDES, *AS_THEY_ARE], help="repeat for several (default: all of one network)")  # fmt: skip
    parser.add_argument("--python", action="append", default=[], metavar="NAME=PYTHON", help="of keras or peers")
    arguments = parser.parse_args()
    cores, sides = pin(max(arguments.threads, arguments.replicas) if arguments.threads else 0), chosen_sides(arguments)
    train, held_out = train_and_held_out(arguments.data, arguments.rows)
    classes = sorted(set(train.labels))
    rows = {"train": indexed(train, classes), "held_out": indexed(held_out.some(range(arguments.held_out)), classes)}
    data = arguments.data.resolve().name if arguments.data else "messages"
    out: Path = arguments.out or RESULTS / f"training_{data}.jsonl"
    facts = {"run": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"), "data": data, "rows": len(train.texts), "threads": arguments.threads}
    for k in range(arguments.rounds):
        settings = {"classes": len(classes), "epochs": arguments.epochs, "seed": k}
        for name, (side, python) in sides.items():
            for replicas in range(1, arguments.replicas + 1):
                alone = cores if arguments.replicas == 1 else cores[:1]
                for line in lines_of(name, side, python, rows, settings, alone if replicas == 1 else cores, replicas):
                    whole = {**facts, "round": k, **circumstances(), **line}  # with the side's own versions
                    tell(whole)
                    with out.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(whole) + "\n")


def tell(line: Mapping[str, Any]) -> None:
    """Print a run."""
    last = line["epochs"][-1]
    print(
        f"{line['side']:22} round {line['round']}: {last['seconds']:.1f} s ({last['processor_seconds']:.1f} s of processor),",
        f"{last['words'] / last['seconds']:,.0f} words/s, accuracy {last['accuracy']:.3f},",
        f"scores {last['scored_per_second']:,.0f} texts/s, {last['peak_mib']} MiB",
        flush=True,
    )


if __name__ == "__main__":
    main()
