"""Kill training runs with SIGKILL at random moments, resume each, and compare the weights with those of a run left alone.

    python benchmarks/quality/kills.py --kills 20

Each round trains the bundled SMS messages afresh, is killed at a moment drawn evenly over the whole run (reading, steps,
export and saving alike), and goes on with --resume. benchmarks/results/kills.json holds a line for each kill: the second, the
step of the checkpoint that was left (0: none yet), and whether weights.safetensors came out identical to the bit.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safetensors import safe_open

from reread.machine import circumstances

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "results" / "kills.json"
DATA = HERE.parents[1] / "examples" / "sms_spam" / "sms_spam.csv.gz"
OPTIONS = (
    "--no-baseline", "--threads", "1", "--device", "cpu", "--epochs", "20", "--quiet", "--set=training.checkpoint_seconds=0.1", "--set=training.patience=none",
    "--set=model.hidden=16", "--set=model.embedding_dim=16", "--set=model.latent=[16]",
)  # fmt: skip
POLL = 0.005  # seconds


def train(data: Path, model: Path, options: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a training run."""
    command = [
        sys.executable,
        "-c",
        "from reread.apps.cli import main; main()",
        "train",
        str(data),
        "-o",
        str(model),
        *options,
    ]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def checkpoint_of(model: Path) -> Path:
    """Where a run that is under way keeps its state."""
    return model.with_name(f"{model.name}.partial") / "checkpoint.safetensors"


def wait_for(path: Path, process: subprocess.Popen[bytes], newer_than: float) -> None:
    """Wait until a process has written a file, or has ended."""
    while process.poll() is None and not (path.exists() and path.stat().st_mtime > newer_than):
        time.sleep(POLL)


def finish(process: subprocess.Popen[bytes], model: Path) -> bytes:
    """Wait for a run's end: the bytes of its weights."""
    if process.wait():
        raise SystemExit(f"reread train ended with {process.returncode}")
    return (model / "weights.safetensors").read_bytes()


def kill(process: subprocess.Popen[bytes], model: Path, seconds: float) -> dict[str, Any]:
    """Kill a run after some seconds: when, whether its model was not there yet, and the step that its checkpoint holds."""
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        time.sleep(POLL)
    process.kill()
    process.wait()
    return {"seconds": round(seconds, 3), "unfinished": not model.exists(), "step": step_of(checkpoint_of(model))}


def step_of(checkpoint: Path) -> int:
    """The step that a checkpoint holds; 0 where there is none."""
    if not checkpoint.exists():
        return 0
    with safe_open(checkpoint, framework="np") as file:
        return int(json.loads(file.metadata()["facts"])["step"])


def uninterrupted(data: Path, folder: Path, options: Sequence[str]) -> tuple[bytes, float]:
    """The weights of a run left alone, and its seconds from the moment it could be resumed."""
    model = folder / "alone"
    process = train(data, model, options)
    wait_for(checkpoint_of(model).with_name("run.json"), process, 0)
    started = time.monotonic()
    weights = finish(process, model)
    return weights, time.monotonic() - started


def one_round(data: Path, model: Path, options: Sequence[str], seconds: float) -> tuple[dict[str, Any], bytes]:
    """Train, kill, resume: what the kill met, and the weights that came out."""
    process = train(data, model, options)
    wait_for(checkpoint_of(model).with_name("run.json"), process, 0)
    met = kill(process, model, seconds)
    if met["unfinished"]:
        return met, finish(train(data, model, [*options, "--resume"]), model)
    return met, (model / "weights.safetensors").read_bytes()


def main() -> int:
    """Kill, resume, compare, record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--out", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    draw, rounds = random.Random(arguments.seed), []
    with tempfile.TemporaryDirectory() as folder:
        expected, length = uninterrupted(DATA, Path(folder), OPTIONS)
        for k in itertools.count():
            if len(rounds) == arguments.kills:
                break
            met, weights = one_round(DATA, Path(folder) / f"round{k}", OPTIONS, draw.uniform(0, length))
            met["identical"] = weights == expected
            print(met, flush=True)
            if met.pop("unfinished"):  # where the model was there already, nothing was left to resume
                rounds.append(met)
    record = {
        "kills": len(rounds), "identical": sum(each["identical"] for each in rounds), "run_seconds": round(length, 2), "rounds": rounds,
        "train": f"reread train examples/sms_spam/sms_spam.csv.gz {shlex.join(OPTIONS)}",
        "command": f"python benchmarks/quality/kills.py --kills {arguments.kills} --seed {arguments.seed}",
        **circumstances(),
    }  # fmt: skip
    arguments.out.write_text(json.dumps(record, indent=1) + "\n")
    return 0 if record["identical"] == record["kills"] else 1


if __name__ == "__main__":
    sys.exit(main())
