"""Do two machines under torchrun train the weights of one, and how fast? Two network namespaces of this machine, joined by a cable of software.

    sudo python benchmarks/reliability/two_machines.py [--rows 4000] [--batch-size 64] [--steps 100]

Each namespace has an address of its own and sees nothing of the other but through the cable; gloo sums the gradients over it. Each side takes a half of
every batch, on one thread, so both together are compared with one process that takes all of it: greatest difference of a weight (at most 1e-5), and
words a second of both. Appends a line to benchmarks/results/two_machines.jsonl; ends with 1 if the weights differ. What it makes it takes away.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from many_rows import write_rows
from safetensors.numpy import load_file

from reread.machine import circumstances

RESULTS = Path(__file__).resolve().parents[1] / "results" / "two_machines.jsonl"
MACHINES = ("10.77.0.1", "10.77.0.2")
PORT, CABLE, CLOSE = 29_511, "wire", 1e-5
SECONDS = 1200
MAIN = "from reread.apps.cli import main; main()"
PLAIN = ["--threads=1", "--device=cpu", "--quiet", "--json", "--no-baseline", "--no-report", "--set=training.ema=0"]
# Each side would draw its own noise; float32 sums of other orders grow apart with many steps at a high rate.
PLAIN += [f"--set=model.{name}=0" for name in ("dropout", "word_dropout", "embedding_dropout", "input_dropout")]


def ip(*arguments: str) -> None:
    """Change the machine's network."""
    subprocess.run(["ip", *arguments], check=True)


@contextmanager
def namespaces() -> Iterator[list[str]]:
    """Two of them with an address each, joined."""
    names = [f"reread{os.getpid()}{side}" for side in "ab"]
    made = []
    try:
        for name in names:
            ip("netns", "add", name)
            made.append(name)
        ip("link", "add", CABLE, "netns", names[0], "type", "veth", "peer", "name", CABLE, "netns", names[1])
        for name, address in zip(names, MACHINES, strict=True):
            ip("-n", name, "address", "add", f"{address}/24", "dev", CABLE)
            for device in (CABLE, "lo"):
                ip("-n", name, "link", "set", device, "up")
        yield names
    finally:
        for name in made:
            ip("netns", "delete", name)


def alone(train: Sequence[str], out: Path) -> tuple[dict[str, Any], float]:
    """One process; what it says, and its seconds."""
    began = time.monotonic()
    command = [sys.executable, "-c", MAIN, *train, f"-o{out}"]
    found = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=SECONDS)
    return json.loads(found.stdout), time.monotonic() - began


def together(train: Sequence[str], out: Path) -> tuple[dict[str, Any], float]:
    """The same by two machines."""
    reread = shutil.which("reread", path=str(Path(sys.executable).parent))
    processes: list[subprocess.Popen[bytes]] = []
    with namespaces() as names:
        began = time.monotonic()
        try:
            for rank, name in enumerate(names):
                torchrun = [sys.executable, "-m", "torch.distributed.run", "--nnodes=2", "--nproc-per-node=1"]
                place = [f"--node-rank={rank}", f"--master-addr={MACHINES[0]}", f"--master-port={PORT}"]
                command = ["ip", "netns", "exec", name, *torchrun, *place, str(reread), *train, f"-o{out}"]
                environment = {**os.environ, "GLOO_SOCKET_IFNAME": CABLE, "OMP_NUM_THREADS": "1"}
                processes.append(subprocess.Popen(command, stdout=subprocess.PIPE, env=environment))
            told = [each.communicate(timeout=SECONDS)[0] for each in processes]
        finally:
            for each in processes:
                each.kill()
                each.wait()
    if any(each.returncode for each in processes):
        raise SystemExit(f"torchrun ended with {[each.returncode for each in processes]}")
    (said,) = [json.loads(each) for each in told if each.strip()]  # one of them prints
    return said, time.monotonic() - began


def difference(first: Path, second: Path) -> float:
    """The greatest of any weight."""
    weights, others = (load_file(folder / "weights.safetensors") for folder in (first, second))
    if weights.keys() != others.keys():
        raise SystemExit(f"the models have different weights: {sorted(weights.keys() ^ others.keys())}")
    greatest = 0.0
    for name, weight in weights.items():
        differ = weight != others[name]  # an infinite one is equal to itself
        if differ.any():
            greatest = np.maximum(greatest, np.abs(weight[differ] - others[name][differ]).max())  # NaN stays
    return float(greatest)


def best_step(folder: Path) -> int:
    """The step whose weights were kept; 0: nothing was learned."""
    return int(json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["best_step"])


def main() -> None:
    """Train both, compare, write down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_rows(folder / "rows.csv", asked.rows)
        options = [f"--steps={asked.steps}", f"--batch-size={asked.batch_size}", *PLAIN]
        train = ["train", str(folder / "rows.csv"), *options]
        one, seconds_of_one = alone(train, folder / "one")
        two, seconds_of_two = together(train, folder / "two")
        apart = difference(folder / "one", folder / "two")
        kept = [best_step(folder / name) for name in ("one", "two")]
    same = apart <= CLOSE and kept[0] == kept[1] > 0
    record = {
        "rows": asked.rows,
        "batch_size": asked.batch_size,
        "steps": [one["steps"], two["steps"]],
        "kept_steps": kept,
        "greatest_difference": apart,
        "same_to_1e-5": same,
        "words_a_second_of_one": round(one["words_per_second"]),
        "words_a_second_of_two": round(two["words_per_second"]),
        "seconds_of_one": round(seconds_of_one, 1),
        "seconds_of_two": round(seconds_of_two, 1),
        **circumstances(),
        "command": f"two_machines.py --rows {asked.rows} --batch-size {asked.batch_size} --steps {asked.steps}",
    }
    print(json.dumps(record, indent=2))
    with asked.results.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(record) + "\n")
    sys.exit(not same)


if __name__ == "__main__":
    main()
