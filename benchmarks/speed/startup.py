"""How long `import reread` and `reread --help` take over bare Python, and how long `reread predict` takes in all to answer one text.

    python benchmarks/speed/startup.py [--model FOLDER]

Best and median of several, interleaved. The model is the tests' tiny one, or FOLDER: a large vocabulary takes its time to read. torch is
not imported by any of them. Writes benchmarks/results/startup.json.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from reread.machine import circumstances

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "tests" / "data" / "model_v1.reread"
ROUNDS = 9
LIMIT = {"import reread": 0.3, "reread --help": 0.3, "reread predict, one text": 0.5}
TEXT = json.dumps({"text": "A long, lovely film about a man who reads every book twice, forwards and backwards."})


def commands(model: Path) -> dict[str, list[str]]:
    """What is timed."""
    reread = str(Path(sys.executable).with_name("reread"))
    return {
        "bare python": [sys.executable, "-c", "pass"],
        "import reread": [sys.executable, "-c", "import reread"],
        "reread --help": [reread, "--help"],
        "reread predict, one text": [reread, "predict", str(model), "-"],
    }


def main() -> None:
    """Time the commands in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=TINY)
    model = parser.parse_args().model
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    seconds: dict[str, list[float]] = {name: [] for name in commands(model)}
    for _ in range(ROUNDS + 1):
        for name, command in commands(model).items():
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, input=TEXT.encode(), env=environment)
            seconds[name].append(time.perf_counter() - start)
    times = {name: each[1:] for name, each in seconds.items()}  # the first round compiles and fills the cache of files
    bare = min(times["bare python"])
    predict = times["reread predict, one text"]
    result = {
        "bare_python_seconds": round(bare, 3),
        "seconds_over_bare": {name: round(min(times[name]) - bare, 3) for name in ("import reread", "reread --help")},
        "one_text": {
            "model": model.name, "mebibytes": round(sum(each.stat().st_size for each in model.iterdir()) / 2**20, 1),
            "seconds": round(min(predict), 3), "median_seconds": round(statistics.median(predict), 3),
        },
        "limits": LIMIT, "rounds": ROUNDS, **circumstances(), "command": " ".join(["python", "benchmarks/speed/startup.py", *sys.argv[1:]]),
    }  # fmt: skip
    if model != TINY:
        result["command"] = "python benchmarks/speed/startup.py --model FOLDER"
    (ROOT / "benchmarks" / "results" / "startup.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
