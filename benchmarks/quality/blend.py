"""Network and linear baseline of IMDB blended, trained and tested through the command line.

    python benchmarks/quality/blend.py --data FOLDER

FOLDER holds imdb/train.parquet, imdb/test.parquet and imdb/unsup.parquet, as `reread data fetch imdb --from` and the data set's
loader make them. Word vectors are trained on the training rows and the 50,000 reviews without stars; whole movies are held out,
and the weights of the blend are learned on them. A run is a line of benchmarks/results/blend.jsonl: weights, validation and test
figures of network, baseline and blend. Test rows are scored once, at the end, and choose nothing.
"""

from __future__ import annotations

import argparse
import json
import platform
import shlex
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from records import HERE, RUNS, machine, reread

RESULTS = HERE.parent / "results" / "blend.jsonl"
RUN = RUNS["imdb"]
MINUTES = 60


def record(data: Path, *, minutes: float, seed: int, extra: list[str]) -> dict[str, Any]:
    """Train, test, and say what came out."""
    folder = data / RUN.folder
    options = [*RUN.options, "--blend", "--vectors", "word2vec", "--minutes", str(minutes), "--seed", str(seed), *extra]
    with tempfile.TemporaryDirectory() as scratch:
        model = str(Path(scratch, "model"))
        unlabelled = ("--unlabelled", str(folder / "unsup.parquet"))
        trained, peak = reread(
            "train", str(folder / "train.parquet"), "--text", "text", *options, *unlabelled, "-o", model
        )
        tested, _ = reread("evaluate", model, str(folder / "test.parquet"))
        verified, _ = reread("verify", model)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False, cwd=HERE
    ).stdout.strip()
    return {
        "set": "imdb", "note": RUN.note, "test_rows": tested["rows"], "weights": trained["blend"]["weights"],
        "network": tested["network"], "baseline": tested["baseline"], "blend": tested["metrics"],
        "validation": trained["validation"], "validation_baseline": trained["baseline"],
        "validation_blend": trained["blend"]["metrics"], "seed": seed, "seconds": trained["seconds"],
        "steps": trained["steps"], "stopped": trained["stopped"], "words_per_second": trained["words_per_second"],
        "peak_memory_mib": round(peak), "verified": verified["ok"], "commit": commit, "machine": machine(),
        "python": platform.python_version(), "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "command": f"reread train imdb/train --text text {shlex.join(options)} --unlabelled imdb/unsup",
    }  # fmt: skip


def main() -> None:
    """Record one run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--extra", default="", help="more options of reread train, in one string")
    arguments = parser.parse_args()
    extra = shlex.split(arguments.extra)
    line = record(arguments.data, minutes=arguments.minutes, seed=arguments.seed, extra=extra)
    with arguments.out.open("a") as file:
        file.write(json.dumps(line) + "\n")
    figures = ", ".join(f"{name} {line[name]['accuracy']:.4f}" for name in ("network", "baseline", "blend"))
    print(f"{figures}; weights {line['weights']}; {line['seconds']:.0f} s")


if __name__ == "__main__":
    main()
