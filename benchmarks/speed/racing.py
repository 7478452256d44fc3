"""What the races of this folder share: the rows, the cores, sides in turn on two clocks, medians, ratios, the record."""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from reread.data.split import split_rows, text_keys
from reread.kernel import available
from reread.kernel.library import FORCED
from reread.machine import available_cores, circumstances

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results"
PEERS = ROOT / "benchmarks" / "peers"
MESSAGES = ROOT / "examples" / "sms_spam" / "sms_spam.csv.gz"
ALL_CORES = "_all_cores"  # in the names of records made with as many threads
HELD_OUT = 0.1  # share of the rows
PATHS = {"data", "out", "model", "default", "python"}
"""Options that say nothing elsewhere."""
KEY = ("machine", "best_kernel", "kernel")
"""What tells records of a race apart: the processor, the best level that it has, and the one that was measured."""
CLOCKS: dict[str, Callable[[], float]] = {"seconds": time.perf_counter, "processor_seconds": time.process_time}
"""By the wall, and by the processor for all threads of this process, which other work on the machine does not change."""

Took = dict[str, list[dict[str, float]]]
"""Of each side, by each clock, the seconds of every round."""


@dataclass(frozen=True)
class Rows:
    """Labelled texts."""

    texts: list[str]
    labels: list[str]

    def some(self, rows: Iterable[int]) -> Rows:
        """These rows, in this order."""
        chosen = list(rows)
        return Rows([self.texts[row] for row in chosen], [self.labels[row] for row in chosen])


def options(description: str, **more: Any) -> argparse.ArgumentParser:
    """The options that every race has; ``more`` are their defaults."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, help="folder with train.parquet, columns `text` and `label`; else the bundled messages"
    )
    parser.add_argument("--rounds", type=int, default=more["rounds"], help=f"default {more['rounds']}")
    parser.add_argument("--rows", type=int, default=more["rows"], help=f"texts trained on (default {more['rows']})")
    parser.add_argument("--out", type=Path, help="the record (default: in benchmarks/results)")
    parser.add_argument("--note", help="what a reader of the record should know of the circumstances")
    parser.add_argument("--level", type=hold_to, help="of the kernel, as on a lesser processor (default: the best one here)")  # fmt: skip
    return parser


def hold_to(level: str) -> str:
    """Hold this process, and those that it starts, to a level of the kernel."""
    if level not in available():
        raise argparse.ArgumentTypeError(f"{level}: here there are {', '.join(available())}")
    os.environ[FORCED] = level
    return level


def whereabouts() -> dict[str, Any]:
    """The circumstances, the level of the kernel and the best one that the processor has."""
    kernel, held = next(iter(available()), None), os.environ.pop(FORCED, None)
    best = next(iter(available()), None)
    os.environ.update({FORCED: held} if held else {})
    return {**circumstances(), "kernel": kernel, "best_kernel": best}


def train_and_held_out(data: Path | None, count: int) -> tuple[Rows, Rows]:
    """``count`` rows to train on and a tenth of all rows held out, drawn with seed 0; no text, nor movie, is on both sides."""
    rows, groups = _bundled() if data is None else _parquet(data / "train.parquet")
    held_out = split_rows(text_keys(rows.texts), fraction=HELD_OUT, seed=0, strata=rows.labels, groups=groups)
    order = np.random.default_rng(0).permutation(len(held_out))
    return rows.some(order[~held_out[order]][:count]), rows.some(order[held_out[order]])


def _bundled() -> tuple[Rows, None]:
    with gzip.open(MESSAGES, "rt", encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    return Rows([row["text"] for row in found], [row["label"] for row in found]), None


def _parquet(file: Path) -> tuple[Rows, list[Any] | None]:
    import pyarrow.parquet  # noqa: PLC0415  # the bundled messages need none

    read: Any = pyarrow.parquet.read_table
    table = read(file)
    groups = table.column("movie").to_pylist() if "movie" in table.column_names else None
    return Rows(table.column("text").to_pylist(), table.column("label").to_pylist()), groups


def pin(threads: int) -> list[int]:
    """Keep this process, and those that it starts, on so many cores and threads, 0 being all; the cores.

    ``taskset`` around the command says which cores there are to choose from.
    """
    cores = sorted(os.sched_getaffinity(0))[-(threads or available_cores()) :]
    os.sched_setaffinity(0, cores)
    threadpool_limits(len(cores))
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(len(cores))
    return cores


class Elapsed(dict[str, float]):
    """What a call took by each clock, told by the process that it went on in."""


def timed(call: Callable[[], Any]) -> dict[str, float]:
    """How long a call takes, by each clock, as it returns or else as it is measured here."""
    start = {name: clock() for name, clock in CLOCKS.items()}
    told = call()
    return told if isinstance(told, Elapsed) else {name: clock() - start[name] for name, clock in CLOCKS.items()}


def say(what: str) -> None:
    """Tell on standard error what is going on."""
    print(what, file=sys.stderr, flush=True)


def race(sides: Mapping[str, Callable[[], Any]], rounds: int) -> Took:
    """Call every side once for nothing, then all of them in every round, each round beginning with another one."""
    names, took = list(sides), {name: list[dict[str, float]]() for name in sides}
    for name in names:
        say(f"warming up: {name}, {timed(sides[name])['seconds']:.1f} s")
    for k in range(rounds):
        say(f"round {k + 1} of {rounds}, {len(names)} sides")
        first = k % len(names)
        for name in names[first:] + names[:first]:
            took[name].append(timed(sides[name]))
    return took


def rates(took: Took, amounts: Mapping[str, float]) -> dict[str, list[dict[str, float]]]:
    """What each side did in a second, in every round, by each clock."""
    return {
        name: [{clock: amounts[name] / seconds for clock, seconds in each.items()} for each in took[name]]
        for name in amounts
    }


def medians(values: Iterable[Mapping[str, float]], digits: int = 4) -> dict[str, float]:
    """The median by each clock, to so many significant digits."""
    every = list(values)
    return {clock: rounded(statistics.median(each[clock] for each in every), digits) for clock in every[0]}


def ratios(ours: Iterable[Mapping[str, float]], theirs: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """The median of the rounds' ratios, by each clock: what was measured side by side is compared side by side."""
    return medians(
        {clock: each[clock] / other[clock] for clock in each} for each, other in zip(ours, theirs, strict=True)
    )


def rounded(value: float, digits: int = 4) -> float:
    """A number to so many significant digits."""
    return float(f"{value:.{digits}g}")


def data_name(arguments: argparse.Namespace) -> str:
    """The data in the names of records."""
    return "messages" if arguments.data is None else str(arguments.data.resolve().name)


def facts_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """The data, the command and its other options, but for paths, which say nothing elsewhere."""
    data, script = data_name(arguments), Path(sys.argv[0]).name
    others = {name: value for name, value in vars(arguments).items() if name not in PATHS}
    command = f"python benchmarks/speed/{script}" + f" --data {data}" * (arguments.data is not None)
    command += f" --level {arguments.level}" * (arguments.level is not None)
    return {"data": data, "options": others, "command": command}


def pythons(arguments: argparse.Namespace) -> dict[str, str]:
    """The Python of each environment that ``--python`` gives, and of reread's own."""
    return {"reread": sys.executable, **dict(each.split("=", 1) for each in arguments.python)}


def environment(threads: int, backend: str = "") -> dict[str, str]:
    """What the libraries read when they are imported, Keras its ``backend`` too."""
    count = str(threads)
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NPROC", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")  # fmt: skip
    single = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"} if threads == 1 and backend == "jax" else {}
    return {
        **os.environ,
        **dict.fromkeys(names, count),
        **single,
        "KERAS_BACKEND": backend,
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def write_record(record: Mapping[str, Any], arguments: argparse.Namespace) -> Path:
    """Write what a race found to results/SCRIPT_DATA.json (SCRIPT_DATA_all_cores.json), with the command and the circumstances.

    The file holds a record for each processor and level; one with the same `KEY` is replaced.
    """
    name = f"{Path(sys.argv[0]).stem}_{data_name(arguments)}" + ALL_CORES * (arguments.threads == 0)
    out: Path = arguments.out or RESULTS / f"{name}.json"
    whole = {**record, **facts_of(arguments), **whereabouts()}
    others = json.loads(out.read_text(encoding="utf-8")) if out.exists() else []
    kept = [each for each in others if key_of(each) != key_of(whole)]
    out.write_text(json.dumps([*kept, whole], indent=1) + "\n", encoding="utf-8")
    return out


def key_of(record: Mapping[str, Any]) -> tuple[Any, ...]:
    """What tells a record from others of the same race."""
    return tuple(record[name] for name in KEY)
