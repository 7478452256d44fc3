"""From raw texts to trained weights: reread beside plain PyTorch, skorch, Keras 3 and Flair, the same network on the same rows, in turn.

    python benchmarks/speed/training.py --data imdb --python keras=keras/bin/python --python peers=peers/bin/python --python flair=…
    python benchmarks/speed/training.py --data imdb --rows 22500 --epochs 6 --rounds 1 --side reread --side …      (seconds to an accuracy)
    python benchmarks/speed/training.py --data imdb --side reread --replicas    (one on each core at once, beside one alone)

Each side trains in a process of its own (benchmarks/peers), pinned to as many cores as it has threads: embedding 200, LSTM 128 in both
directions, maximum over time, one linear layer; 30,000 words, 400 a text, batches of 64, Adam at 0.001, no dropout. Each cuts texts into words
as its own tutorials do, so each counts its own real words. The clocks start when the texts are in memory, imports done, and stand while
the rows held out are answered, whose accuracy stands beside; answering them is timed too, from raw text. Peak memory is the process's, libraries included.

Two sides are no recurrent networks, trained to their own end: fastText, and TF-IDF with a linear model. Flair has no maximum over time.

--python keras=, peers=, flair= and fasttext= name the environments of benchmarks/peers/requirements*.txt; sides without theirs are left out, and said. Every finished run
is a line of benchmarks/results/training_DATA.jsonl; lines of one call have the same `run`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from racing import (
    PEERS,
    RESULTS,
    Rows,
    data_name,
    environment,
    facts_of,
    options,
    pin,
    pythons,
    train_and_held_out,
    whereabouts,
)


@dataclass(frozen=True)
class Side:
    """A script of benchmarks/peers, the environment that it runs in, and its options."""

    script: str
    python: str = "reread"
    backend: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


HALVES = {"settings": {"training": {"precision": "bfloat16"}}}
SIDES = {
    "reread": Side("reread_texts.py"),
    "reread, bfloat16": Side("reread_texts.py", options=HALVES),
    "reread, engine torch": Side("reread_texts.py", options={"settings": {"training": {"engine": "torch"}}}),
    "PyTorch, padded": Side("torch_loop.py"),
    "PyTorch, packed": Side("torch_loop.py", options={"packed": True}),
    "skorch": Side("skorch_net.py", "peers"),
    "Keras, TensorFlow": Side("keras_texts.py", "peers", "tensorflow"),
    "Keras, JAX": Side("keras_texts.py", "keras", "jax"),
    "Flair": Side("flair_texts.py", "flair"),
    "fastText (no recurrence)": Side("fasttext_texts.py", "fasttext"),
    "TF-IDF, linear (no network)": Side("linear_texts.py"),
}
RECIPES = ("bilstm_max", "bisru_max", "bimin_max")
AS_THEY_ARE = {name: Side("reread_texts.py", options={"recipe": name, "as_is": True}) for name in RECIPES} | {
    f"{name}, bfloat16": Side("reread_texts.py", options={"recipe": name, "as_is": True, **HALVES}) for name in RECIPES
}
"""Recipes with all that they have, for the seconds to an accuracy; not in a race of equal networks."""


@dataclass(frozen=True)
class Work:
    """What every side is given: the rows and, but for the threads and a side's own options, the settings."""

    rows: Mapping[str, Any]
    settings: Mapping[str, Any]

    @contextmanager
    def begun(self, side: Side, cores: Sequence[int]) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
        """A side at work on these cores, and its folder."""
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            own = {**self.settings, "threads": len(cores), "options": dict(side.options)}
            for name, content in (("rows", self.rows), ("settings", own)):
                (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
            before = os.sched_getaffinity(0)
            os.sched_setaffinity(0, cores)  # inherited
            process = subprocess.Popen(
                [side.python, PEERS / side.script, folder], env=environment(len(cores), side.backend)
            )
            os.sched_setaffinity(0, before)
            yield process, folder

    def done(self, side: Side, cores: Sequence[Sequence[int]]) -> list[dict[str, Any]]:
        """What a side found, or its replicas at once, each on its own cores."""
        started = time.perf_counter()
        with ExitStack() as stack:
            replicas = [stack.enter_context(self.begun(side, own)) for own in cores]
            results = [result_of(*replica) for replica in replicas]
        seconds = round(time.perf_counter() - started, 3)
        return [{"replicas": len(cores), "process_seconds": seconds, **result} for result in results]


def result_of(process: subprocess.Popen[bytes], folder: Path) -> dict[str, Any]:
    """Wait for a side: what the judge found."""
    if process.wait():
        raise SystemExit(f"{process.args} ended with {process.returncode}")
    result: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return result


def indexed(rows: Rows, classes: Sequence[str]) -> tuple[list[str], list[int]]:
    """Texts and the numbers of their classes."""
    return rows.texts, [classes.index(label) for label in rows.labels]


def chosen_sides(arguments: argparse.Namespace) -> dict[str, Side]:
    """The sides that are asked for and have a Python, each with its path."""
    found = pythons(arguments)
    sides = {name: side for name, side in {**SIDES, **AS_THEY_ARE}.items() if name in (arguments.side or SIDES)}
    missing = [name for name, side in sides.items() if side.python not in found]
    if missing:
        print("left out, no --python given:", ", ".join(missing))
    return {name: replace(side, python=found[side.python]) for name, side in sides.items() if name not in missing}


def parse() -> argparse.Namespace:
    """The options."""
    parser = options(__doc__ or "", rounds=3, rows=6000)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--held-out", type=int, default=2500, help="rows answered at most (default 2500)")
    parser.add_argument("--threads", type=int, default=1, help="0: one for each core (default 1)")
    parser.add_argument("--replicas", action="store_true", help="one process alone, then one on each core at once")
    parser.add_argument("--side", action="append", choices=[*SIDES, *AS_THEY_ARE], help="repeat for several (default: all of one network)")  # fmt: skip
    parser.add_argument(
        "--python", action="append", default=[], metavar="NAME=PYTHON", help="of keras, peers, flair or fasttext"
    )
    return parser.parse_args()


def main() -> None:
    """Run every side in every round, a line for each process."""
    arguments = parse()
    cores, sides = pin(0 if arguments.replicas else arguments.threads), chosen_sides(arguments)
    train, held_out = train_and_held_out(arguments.data, arguments.rows)
    classes = sorted(set(train.labels))
    rows = {"train": indexed(train, classes), "held_out": indexed(held_out.some(range(min(arguments.held_out, len(held_out.texts)))), classes)}  # fmt: skip
    out: Path = arguments.out or RESULTS / f"training_{data_name(arguments)}.jsonl"
    run = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    facts = {"run": run, "rows": len(train.texts), "threads": arguments.threads, **facts_of(arguments)}
    alone_and_together = [[cores[:1]], [[core] for core in cores]]
    for k, (name, side) in itertools.product(range(arguments.rounds), sides.items()):
        work = Work(rows, {"classes": len(classes), "epochs": arguments.epochs, "seed": k})
        for each in alone_and_together if arguments.replicas else [[cores]]:
            for found in work.done(side, each):
                line = {**facts, "round": k, "side": name, **whereabouts(), **found}  # versions: the side's own
                tell(line)
                with out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")


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
