"""What a small training costs: the processor's seconds of `reread train` on 500 short rows, one epoch, all else by default.

    python benchmarks/speed/small_run.py

Best and median of several, in processes of their own, the first one left out: it fills the cache of files. ``fresh`` is how many of the modules that are loaded
were compiled anew, for want of byte code that is up to date; ``compiler``, those of torch's compiler, which a training has no use for. Writes
benchmarks/results/small_run.json.
"""

from __future__ import annotations

import csv
import gzip
import json
import statistics
import sys
import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

from alone import alone

from reread.machine import available_cores, circumstances

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = ROOT / "examples" / "sms_spam" / "sms_spam.csv.gz"
ROWS = 500
ROUNDS = 5
COMPILER = ("torch._dynamo", "torch._inductor", "torch.fx.experimental.symbolic_shapes", "sympy", "onnxscript")
SHOW = """
import importlib.util, json, pathlib, sys
from reread.apps.cli import main
out = pathlib.Path(sys.argv.pop(1))
try:
    main()
finally:
    specs = [module.__spec__ for module in list(sys.modules.values()) if getattr(module, "__spec__", None)]
    fresh = [spec.name for spec in specs if spec.has_location and spec.cached and not pathlib.Path(spec.cached).exists()]
    out.write_text(json.dumps({"modules": len(sys.modules), "fresh": len(fresh), "compiler": sorted(sys.modules.keys() & set(%r))}))
"""


def first_rows(target: Path, rows: int = ROWS) -> Path:
    """The first of the bundled messages as a file of their own."""
    with gzip.open(MESSAGES, "rt", encoding="utf-8", newline="") as source, target.open("w", encoding="utf-8", newline="") as file:  # fmt: skip
        csv.writer(file).writerows(islice(csv.reader(source), rows + 1))
    return target


def measure(rounds: int = ROUNDS) -> dict[str, Any]:
    """What the run takes: processor and wall seconds, best and median, and what it loads."""
    with tempfile.TemporaryDirectory() as folder:
        data, model, loaded = first_rows(Path(folder, "messages.csv")), Path(folder, "m.reread"), Path(folder, "loaded")
        arguments = ["train", str(data), "--epochs", "1", "-o", str(model), "--overwrite", "--quiet"]
        command = [sys.executable, "-c", SHOW % (COMPILER,), str(loaded), *arguments]
        took = [alone(command) for _ in range(rounds + 1)][1:]
        found = json.loads(loaded.read_text(encoding="utf-8"))
    figures = {name: [each[name] for each in took] for name in ("processor_seconds", "seconds")}
    best = {name: round(min(each), 2) for name, each in figures.items()}
    middle = {f"median_{name}": round(statistics.median(each), 2) for name, each in figures.items()}
    return {"rows": ROWS, "cores": available_cores(), **best, **middle, **found, "rounds": rounds}


def main() -> None:
    """Measure, print and write down."""
    result = {**measure(), **circumstances(), "command": "python benchmarks/speed/small_run.py"}
    (ROOT / "benchmarks" / "results" / "small_run.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
