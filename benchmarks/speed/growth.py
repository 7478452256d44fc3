"""Time and memory of `reread train` and `reread predict` as the rows, the texts, the classes or the vocabulary grow.

    python benchmarks/speed/growth.py --data imdb --axis rows            (or length, classes, vocabulary)
    python benchmarks/speed/growth.py --data imdb --axis rows --scoring --sizes 10000000
    python benchmarks/speed/growth_picture.py

Rows are made of the words of the data (growth_rows.py) and written to a temporary folder. `reread predict` goes from that file to another one, with a
network that twenty steps of training made; `reread train` makes one pass over it, without the linear baseline; --baseline measures that one, with a single
step of the network. Every command runs in a process of its own: seconds by the wall and by the processor, peak memory, libraries and start-up included. Texts have
10 words in the mean but on the axes `length` and `vocabulary`; the network is the recipe's, bilstm_max. A measured point is a line of benchmarks/results/growth_AXIS.jsonl; a
point that stands there with the same commit and options is passed over, so that an interrupted run goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from alone import alone
from growth_rows import Shape, write_rows
from racing import RESULTS, facts_of, options, pin, train_and_held_out

from reread.machine import circumstances

READ = 5000  # texts that words are taken from
REREAD = [sys.executable, "-c", "from reread.apps.cli import main; main()"]
BRIEF = ("--steps", "20", "--no-baseline")  # training for a network that only has to be there
SAME = ("axis", "stage", "size", "commit", "data", "format", "threads", "extra")
"""What tells one point from another."""


@dataclass(frozen=True)
class Axis:
    """One quantity that grows, the others as in ``base``; ``scored`` rows are answered where that is fewer."""

    base: Shape
    sizes: Sequence[int]
    scored: int | None = None

    def shape(self, name: str, size: int, stage: str) -> Shape:
        """The rows of a point."""
        base = replace(self.base, rows=self.scored) if self.scored and stage == "scoring" else self.base
        return replace(base, **{name: size})


AXES = {
    "rows": Axis(Shape(rows=0), [10**k for k in range(3, 7)]),
    "length": Axis(Shape(rows=128), [10**k for k in range(1, 6)]),
    "classes": Axis(Shape(rows=20_000), [2, 10, 100, 1000, 10_000], scored=2000),
    "vocabulary": Axis(Shape(rows=100_000, length=20), [10**k for k in range(3, 7)]),
}


@dataclass(frozen=True)
class Bench:
    """Where points are measured, and with what options."""

    texts: Sequence[str]
    folder: Path
    format: str
    threads: int
    extra: Sequence[str]

    def rows(self, shape: Shape) -> tuple[Path, int]:
        """A file of rows, and how many words they have."""
        file = self.folder / f"rows.{self.format}"
        return file, write_rows(file, shape, self.texts)

    def reread(self, command: str, *arguments: str | Path) -> list[str]:
        """A command line of reread."""
        return [*REREAD, command, *map(str, arguments), "--threads", str(self.threads), "--quiet"]

    def train(self, file: Path, shape: Shape, *arguments: str) -> list[str]:
        """A command that trains; where the vocabulary has a size, every word of it is in."""
        exact = ("--set", "training.validation=0", "--set", "text.min_count=1", "--set", f"text.max_vocabulary={shape.vocabulary}")  # fmt: skip
        texts = (file, "--text", "text", "--label", "label", "--language", "en", "--device", "cpu")
        return self.reread("train", *texts, "-o", self.folder / "model", "--overwrite", *exact * bool(shape.vocabulary), *arguments)  # fmt: skip

    def training(self, shape: Shape, *arguments: str) -> dict[str, Any]:
        """One pass over the rows."""
        file, words = self.rows(shape)
        return {"words": words, "input_mib": _mib(file), **alone(self.train(file, shape, *arguments, *self.extra))}

    def scoring(self, shape: Shape) -> dict[str, Any]:
        """From file to file, by a network with the classes and the vocabulary of the rows."""
        learned = replace(shape, rows=max(20_000, 2 * shape.classes, shape.vocabulary // 10), length=20)
        alone(self.train(self.rows(learned)[0], learned, *BRIEF))
        (file, words), out = self.rows(shape), self.folder / "answers.csv"
        took = alone(self.reread("predict", self.folder / "model", file, "-o", out, *self.extra))
        return {"words": words, "input_mib": _mib(file), "output_mib": _mib(out), **took}


STAGES: Mapping[str, Callable[[Bench, Shape], dict[str, Any]]] = {
    "scoring": Bench.scoring,
    "training": lambda bench, shape: bench.training(shape, "--epochs", "1", "--no-baseline"),
    "baseline": lambda bench, shape: bench.training(shape, "--steps", "1"),
}


def _mib(file: Path) -> float:
    return round(file.stat().st_size / 2**20, 1)


def parse() -> argparse.Namespace:
    """The options."""
    parser = options(__doc__ or "", rounds=1, rows=READ)
    parser.add_argument("--axis", choices=AXES, required=True)
    for stage in STAGES:
        parser.add_argument(f"--{stage}", dest="stages", action="append_const", const=stage, help="may be repeated; default: scoring and training")  # fmt: skip
    parser.add_argument("--sizes", type=int, nargs="+", help="default: those of the axis")
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv", help="of the rows (default csv)")
    parser.add_argument("--threads", type=int, default=1, help="default 1")
    parser.add_argument("--extra", default="", help="more options of reread, in one string; for one stage")
    return parser.parse_args()


def measured_before(out: Path) -> set[str]:
    """The points that a record has."""
    lines = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
    return {point_of(json.loads(line)) for line in lines}


def point_of(line: Mapping[str, Any]) -> str:
    """What tells a point from others."""
    return json.dumps([line[name] for name in SAME])


def main() -> None:
    """Measure every point that is not there, a line for each."""
    arguments = parse()
    pin(arguments.threads)
    axis, out = AXES[arguments.axis], arguments.out or RESULTS / f"growth_{arguments.axis}.jsonl"
    texts = train_and_held_out(arguments.data, arguments.rows)[0].texts
    facts = {**facts_of(arguments), **circumstances(), "format": arguments.format, "threads": arguments.threads, "extra": arguments.extra}  # fmt: skip
    before = measured_before(out)
    for stage in arguments.stages or ("scoring", "training"):
        for size in arguments.sizes or axis.sizes:
            shape = axis.shape(arguments.axis, size, stage)
            point = {"axis": arguments.axis, "stage": stage, "size": size, **asdict(shape)}
            if point_of(point | facts) in before:
                continue
            with tempfile.TemporaryDirectory() as folder:
                bench = Bench(texts, Path(folder), arguments.format, arguments.threads, arguments.extra.split())
                line = {**point, **STAGES[stage](bench, shape), **facts}
            tell(line)
            with out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")


def tell(line: Mapping[str, Any]) -> None:
    """Print a point."""
    print(
        f"{line['stage']:9} {line['axis']} {line['size']:>11,}: {line['seconds']:9.1f} s ({line['processor_seconds']:.1f} s of processor),",
        f"{line['words'] / line['seconds']:,.0f} words/s, {line['peak_mib']:,.0f} MiB",
        flush=True,
    )


if __name__ == "__main__":
    main()
