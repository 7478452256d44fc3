"""Kill a comparison with SIGKILL at random moments, resume it each time, and compare it with one that was left alone.

    python benchmarks/quality/compare_kills.py --kills 10

The experiment is a short one on the bundled SMS messages: two networks, thirty seeds. Each time the whole comparison, its
workers included, is killed after a random part of the time that the undisturbed one took. Nothing that was finished may
be lost or trained again, and in the end every run must have the answers and the curve of the undisturbed one.
benchmarks/results/compare_kills.json holds a line for each kill.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from reread.machine import circumstances

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "results" / "compare_kills.json"
DATA = HERE.parents[1] / "examples" / "sms_spam" / "sms_spam.csv.gz"
EXPERIMENT = """
models = ["rnn", "lstm"]
seeds = 30
[data]
train = "sms_spam.csv.gz"
[curve]
every = 10
rows = 200
[overrides.training]
steps = 40
[overrides.model]
hidden = 16
embedding_dim = 16
"""


def lay_out(folder: Path) -> Path:
    """The experiment's files."""
    folder.mkdir()
    shutil.copy(DATA, folder)
    (folder / "short.toml").write_text(EXPERIMENT, encoding="utf-8")
    return folder / "short.toml"


def compare(path: Path) -> subprocess.Popen[bytes]:
    """Start the comparison in a process group of its own."""
    command = [sys.executable, "-c", "from reread.apps.cli import main; main()", "compare", str(path), "--resume", "--quiet", "--json"]  # fmt: skip
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)


def runs(path: Path) -> dict[str, tuple[int, str]]:
    """Of every finished run: when it was written, and what it found."""
    found = {}
    for file in (path.with_suffix("") / "runs").glob("*.json"):
        record = json.loads(file.read_text(encoding="utf-8"))
        result = json.dumps([record[key] for key in ("curve", "test_accuracy", "predictions")], sort_keys=True)
        found[file.stem] = (file.stat().st_mtime_ns, result)
    return found


def kill_after(path: Path, seconds: float) -> dict[str, Any]:
    """Start, kill, and say what became of the runs that were finished before."""
    before = runs(path)
    process = compare(path)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    after = runs(path)
    kept = all(after.get(name) == run for name, run in before.items())
    return {
        "seconds": round(seconds, 2),
        "finished_before": len(before),
        "finished_after": len(after),
        "kept_untouched": kept,
    }


def main() -> None:
    """Run undisturbed, then with kills; record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as scratch:
        alone, disturbed = lay_out(Path(scratch) / "alone"), lay_out(Path(scratch) / "disturbed")
        started = time.monotonic()
        if compare(alone).wait():
            raise SystemExit("the undisturbed comparison failed")
        whole = time.monotonic() - started
        kills = [kill_after(disturbed, chance.uniform(0.15 * whole, 0.45 * whole)) for _ in range(arguments.kills)]
        if compare(disturbed).wait():
            raise SystemExit("the resumed comparison failed")
        left_alone, resumed = runs(alone), runs(disturbed)
        same = {name: run[1] for name, run in left_alone.items()} == {name: run[1] for name, run in resumed.items()}
    record = {
        "runs": len(left_alone), "undisturbed_seconds": round(whole, 1), "kills": kills,
        "all_runs_identical": same, "nothing_repeated_or_lost": all(kill["kept_untouched"] for kill in kills),
        **circumstances(), "command": f"python benchmarks/quality/compare_kills.py --kills {arguments.kills} --seed {arguments.seed}",
    }  # fmt: skip
    arguments.out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
