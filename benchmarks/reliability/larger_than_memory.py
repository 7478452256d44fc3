"""Does `reread train` learn from a file four times the memory that it may use, as well as without a limit?

    python benchmarks/reliability/larger_than_memory.py [--allowed 2048] [--memory 1] [--steps 5000]

Writes rows of about 200 words to a temporary file (those of many_rows.py), until it has four times the bytes that are allowed, and trains from it
twice: in a process that may not have more memory than that beside what it has when it has imported all that training needs, and in one without a limit. Each pair is a
line of benchmarks/results/larger_than_memory.jsonl: memory allowed and taken, the figures on the rows held out and their standard error, and what the
limited run said of its time and its disk beside what it took.

The figures compared are the network's: it reads all rows, from the disk or from memory. The linear member reads as many as there is memory for, so the
line says how many these were in both runs; its figures, and the stack's, stand beside the network's and need not be equal. The default file has 8 GB, and so many bytes again go to temporary files; the two runs
take hours. For a small try, with a smaller network, without word2vec and with fewer rows held out:

    python benchmarks/reliability/larger_than_memory.py --allowed 500 --memory 0.1 --unlimited-memory 1 --steps 300 --small

A small limit is mostly used by what does not grow with the file (torch's work, n-grams, the exported network) and by rows, about 250 bytes each; --times 0.5 only tries the script.

The limit is RLIMIT_DATA: all memory that a process may write to and shares with nobody. It needs no rights, as a cgroup does; and what is over it fails
at once, where a cgroup would first take the file cache away. RLIMIT_AS (`ulimit -v`) would count address space: torch's libraries, and the temporary
files of texts and ids, which are mapped and which the system can drop from memory. Linux only.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from many_rows import TRAIN, write_rows

from reread.machine import circumstances

RESULTS = Path(__file__).resolve().parents[1] / "results" / "larger_than_memory.jsonl"
TIMES = 4  # the file's bytes by those of the memory
LENGTHS = (100, 300)  # words of a text, the second not included
SAMPLE = 2_000  # rows that show how long a row is
IMPORTED = ("reread.apps.cli.training", "onnxruntime")
WORD2VEC = "gensim.models.word2vec"  # what a run imports too that has word vectors
MIB = 1 << 20
LOOK_SECONDS = 0.1
SMALL = {
    "model.embedding_dim": "32",
    "model.hidden": "32",
    "text.max_vocabulary": "5000",
    "vectors.least_tokens": "none",
    "training.evaluations": "2",
    "training.validation": "0.02",
}
SAID = re.compile(r"this run takes about ([\d.]+) (s|min|h)\b.* needs up to ([\d.,]+) (MB|GB) of disk")
READ = re.compile(r"([\d,]+) of [\d,]+ rows")  # where the linear member does not read all
SECONDS, BYTES = {"s": 1, "min": 60, "h": 3600}, {"MB": 1e6, "GB": 1e9}


@dataclass
class Watched:
    """What a training took, and what it said."""

    code: int = -1
    seconds: float = 0.0
    memory: int = 0  # bytes of private memory that may be written, at most at one time
    disk: int = 0  # bytes of temporary files, checkpoint and model, at most at one time
    said: str = ""
    said_at: float = 0.0
    notes: list[str] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)


def trained(file: Path, folder: Path, options: list[str], limit: int | None = None) -> Watched:
    """Train from a file, in a process with a limit of its memory if there is one."""
    temporary, model, watched = folder / "tmp", folder / "model", Watched()
    temporary.mkdir(exist_ok=True)
    command = [*TRAIN, str(file), "--threads", "1", *options, "-o", str(model), "--overwrite", "--json"]
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(temporary)},
        preexec_fn=None if limit is None else limited(limit),  # noqa: PLW1509  # nothing else runs yet
    )
    looking = threading.Thread(
        target=look, args=(process, [temporary, model.with_name("model.partial"), model], watched)
    )
    looking.start()
    for line in process.stderr or ():
        watched.notes.append(line.rstrip())
        if line.startswith("this run"):
            watched.said, watched.said_at = line.rstrip(), time.monotonic() - started
    printed = process.stdout.read() if process.stdout else ""
    watched.code, watched.seconds = process.wait(), time.monotonic() - started
    looking.join()
    watched.summary = json.loads(printed) if watched.code == 0 else {}
    return watched


def limited(limit: int) -> Callable[[], None]:
    """What limits a process before it starts."""
    return lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def look(process: subprocess.Popen[str], folders: list[Path], watched: Watched) -> None:
    """Keep the most memory and disk that a process has while it runs."""
    while process.poll() is None:
        try:
            watched.memory = max(watched.memory, private(process.pid))
            watched.disk = max(watched.disk, sum(map(size_of, folders)) + unlinked(process.pid, folders[0]))
        except (OSError, StopIteration):  # it has just ended
            break
        time.sleep(LOOK_SECONDS)


def imported(*modules: str) -> int:
    """Bytes of the memory of a process that has imported what training needs, and has done nothing."""
    code = f"import {', '.join(modules)}; print(open('/proc/self/status').read())"
    return data_of(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def private(process: int) -> int:
    """Bytes of the memory that RLIMIT_DATA limits."""
    return data_of(Path(f"/proc/{process}/status").read_text(encoding="utf-8"))


def data_of(status: str) -> int:
    """The same, from what Linux says of a process."""
    return 1024 * int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmData")))


def size_of(folder: Path) -> int:
    """Bytes of the files below a folder, some of which may go while they are counted."""
    size = 0
    for path in folder.rglob("*"):
        try:
            size += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return size


def unlinked(process: int, folder: Path) -> int:
    """Bytes of the files of a folder that have no name any more, and which a process has open or mapped."""
    sizes: dict[int, int] = {}
    for descriptor in Path(f"/proc/{process}/fd").iterdir():
        try:
            found = descriptor.stat()
            if not found.st_nlink and str(descriptor.readlink()).startswith(str(folder)):
                sizes[found.st_ino] = found.st_size
        except OSError:
            continue
    for line in Path(f"/proc/{process}/maps").read_text(encoding="utf-8").splitlines():
        places, _, _, _, inode, *name = line.split(maxsplit=5)
        if name and name[0].startswith(str(folder)):
            start, end = (int(place, 16) for place in places.split("-"))
            sizes[int(inode)] = max(sizes.get(int(inode), 0), end - start)
    return sum(sizes.values())


def facts(watched: Watched, base: int, folder: Path) -> dict[str, Any]:
    """What is recorded of a run."""
    if watched.code:
        return {"code": watched.code, "memory_mib": (watched.memory - base) // MIB, "notes": watched.notes[-5:]}
    summary = watched.summary
    return {
        "seconds": round(watched.seconds),
        "memory_mib": (watched.memory - base) // MIB,
        "disk_mb": round(watched.disk / 1e6),
        "steps": summary["steps"],
        "members": summary["members"],
        "accuracy": {name: summary[name]["accuracy"] for name in ("validation", "network", "baseline")},
        "linear_rows": linear_rows(watched.notes),
        **forecast(watched, folder),
    }


def linear_rows(notes: list[str]) -> int | None:
    """How many rows the linear member learned from, as it said; None: from all of them."""
    said = READ.search(next((note for note in notes if note.startswith("linear member")), ""))
    return None if said is None else int(said[1].replace(",", ""))


def forecast(watched: Watched, folder: Path) -> dict[str, Any]:
    """What a run said of itself, beside what it took from then on."""
    match = SAID.match(watched.said)
    if match is None:
        return {"said": watched.said}
    return {
        "said": watched.said.replace(str(folder), "SCRATCH"),
        "said_after_seconds": round(watched.said_at),
        "said_seconds": round(float(match[1]) * SECONDS[match[2]]),
        "taken_seconds": round(watched.seconds - watched.said_at),
        "said_disk_mb": round(float(match[3].replace(",", "")) * BYTES[match[4]] / 1e6),
        "taken_disk_mb": round(watched.disk / 1e6),
    }


def standard_error(share: float, rows: int) -> float:
    """Of an accuracy on so many rows."""
    return math.sqrt(share * (1 - share) / rows)


def measured(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Both runs."""
    few, file = folder / "few.csv", folder / "rows.csv"
    write_rows(few, SAMPLE, lengths=LENGTHS)
    rows = math.ceil(1.02 * arguments.times * arguments.allowed * MIB / few.stat().st_size * SAMPLE)
    write_rows(file, rows, lengths=LENGTHS)
    small = [word for name, value in SMALL.items() for word in ("--set", f"{name}={value}")] if arguments.small else []
    options = [*small, "--steps", str(arguments.steps), "--no-report"]
    base = imported(*IMPORTED, *([] if arguments.small else [WORD2VEC]))
    share = ["--set", f"training.memory={arguments.memory:g}"]
    bounded = trained(file, folder, [*options, *share], limit=base + arguments.allowed * MIB)
    record = {
        "rows": rows,
        "file_mib": file.stat().st_size // MIB,
        "allowed_mib": arguments.allowed,
        "base_mib": base // MIB,
        "limited": facts(bounded, base, folder),
    }
    usual = [] if arguments.unlimited_memory is None else ["--set", f"training.memory={arguments.unlimited_memory:g}"]
    free = trained(file, folder, [*options, *usual])
    record["unlimited"] = facts(free, base, folder)
    if not bounded.code and not free.code:
        figures = [run.summary["network"]["accuracy"] for run in (bounded, free)]
        held_out = round(float(SMALL["training.validation"]) * rows) if arguments.small else min(20_000, rows // 10)
        record["difference"] = figures[0] - figures[1]
        record["standard_error"] = standard_error(figures[1], held_out)
    return record | circumstances() | {"command": f"reread train FILE --threads 1 {' '.join([*options, *share])}"}


def main() -> None:
    """Measure, and keep a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--allowed", type=int, default=2048, help="MiB beside what a training from a few rows takes")
    parser.add_argument("--memory", type=float, default=1.0, help="training.memory of the limited run, in GB")
    parser.add_argument("--times", type=float, default=TIMES, help="the file's bytes by those allowed")
    parser.add_argument("--unlimited-memory", type=float, help="and of the other one [default: as where none is named]")
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--small", action="store_true", help="a small network, for a small limit")
    parser.add_argument("--scratch", type=Path, help="where files go [default: the folder of temporary files]")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        record = measured(arguments, Path(scratch))
    print(json.dumps(record, indent=2))
    with RESULTS.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(record) + "\n")
    if failed := [which for which in ("limited", "unlimited") if record[which].get("code")]:
        sys.exit(f"failed: the {' and the '.join(failed)} run")
    if abs(record["difference"]) > record["standard_error"]:
        sys.exit("the network's figure with a limit is not the one without")


if __name__ == "__main__":
    main()
