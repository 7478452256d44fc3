"""Is every row of many parts answered once on a Ray cluster, where a worker is killed midway, and what does it cost?

    python benchmarks/reliability/ray_parts.py [--rows 2000000] [--parts 40] [--nodes 2] [--model FOLDER]

Writes rows of about 12 words to Parquet parts, starts a Ray cluster on 127.0.0.1 with a head that answers nothing and so many nodes of one
core, and runs `reread predict --ray`; when a third of the parts is there, the largest process that answers gets SIGKILL. Then one process
answers the same parts. A model that knows such words says more about speed. The line of benchmarks/results/ray_parts.jsonl: whether every id is there once and all files are equal, rows a second of
both, their share of startup included, and the peak memory of the processes that answer at each tenth of the parts.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from many_rows import LENGTHS, WORDS, vocabulary

from reread.machine import circumstances

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "ray_parts.jsonl"
MODEL = ROOT / "tests" / "data" / "folders_2026_12" / "stack.reread"
PREDICT = [sys.executable, "-c", "from reread.apps.cli import main; main()", "predict"]
SAMPLE_SECONDS = 0.5


def write_parts(folder: Path, rows: int, parts: int, seed: int = 0) -> None:
    """Write rows with an id and a text, words drawn by Zipf's law."""
    random = np.random.default_rng(seed)
    words = np.array(vocabulary(), dtype=object)
    edges = np.cumsum(1 / np.arange(10, WORDS + 10))
    folder.mkdir()
    for part, ids in enumerate(np.array_split(np.arange(rows), parts)):
        lengths = random.integers(*LENGTHS, size=len(ids))
        drawn = words[np.searchsorted(edges, random.random(int(lengths.sum())) * edges[-1])]
        texts = [" ".join(text) for text in np.split(drawn, np.cumsum(lengths)[:-1])]
        pq.write_table(pa.table({"id": ids, "text": texts}), folder / f"{part:04}.parquet")


def done(folder: Path) -> int:
    """How many results are there."""
    return len(list(folder.glob("[!.]*.parquet")))


def workers() -> Iterator[tuple[int, int]]:
    """Process id and memory in MiB of this script's descendants that answer."""
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    for pid in parents:
        above = pid
        while above in parents and above != os.getpid():
            above = parents[above]
        with suppress(OSError, StopIteration):
            if above == os.getpid() and Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"ray::do_piece"):
                lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                yield pid, int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) // 1024


def timed(command: list[str]) -> float:
    """Seconds that a command takes."""
    started = time.monotonic()
    subprocess.run(command, check=True)
    return time.monotonic() - started


def spread(folder: Path, model: Path, parts: int, nodes: int) -> dict[str, Any]:
    """The same on a cluster; what was killed, and the memory as it went on."""
    os.environ |= {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0"}
    from ray.cluster_utils import Cluster  # noqa: PLC0415  # after the environment

    node = {"node_ip_address": "127.0.0.1", "object_store_memory": 100 * 2**20}
    cluster = Cluster(initialize_head=True, head_node_args={**node, "num_cpus": 0, "include_dashboard": False})
    try:
        for number in range(nodes):
            cluster.add_node(num_cpus=1, node_name=f"node-{number}", **node)
        started, killed, peaks = time.monotonic(), None, dict[int, int]()
        command = [*PREDICT, str(model), str(folder / "in"), "-o", str(folder / "out"), "--ray", cluster.address]
        with subprocess.Popen([*command, "--json"], stdout=subprocess.PIPE, text=True) as process:
            while process.poll() is None:
                time.sleep(SAMPLE_SECONDS)
                sizes, tenth = dict(workers()), 10 * done(folder / "out") // parts
                peaks[tenth] = max(peaks.get(tenth, 0), *sizes.values(), 0)
                if killed is None and 3 * done(folder / "out") >= parts and sizes:
                    killed = max(sizes, key=lambda pid: sizes[pid])
                    os.kill(killed, signal.SIGKILL)
            told = process.stdout.read() if process.stdout else ""
        if process.returncode:
            raise SystemExit(f"reread predict --ray ended with {process.returncode}")
        seconds = time.monotonic() - started
    finally:
        cluster.shutdown()
    return {
        "seconds": seconds,
        "killed": killed is not None,
        "peak_mib": peaks,
        "machines": json.loads(told)["machines"],
    }


def main() -> None:
    """Measure, one line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--parts", type=int, default=40)
    parser.add_argument("--nodes", type=int, default=2)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_parts(folder / "in", asked.rows, asked.parts)
        found = spread(folder, asked.model, asked.parts, asked.nodes)
        alone = [
            *PREDICT,
            str(asked.model),
            str(folder / "in"),
            "-o",
            str(folder / "alone"),
            "--threads",
            "1",
            "--quiet",
        ]
        seconds = timed(alone)
        names = sorted(path.name for path in (folder / "in").iterdir())
        tables = [pq.read_table(folder / "out" / name) for name in names]
        equal = all(
            table.equals(pq.read_table(folder / "alone" / name)) for name, table in zip(names, tables, strict=True)
        )
        ids = np.sort(np.concatenate([table["id"].to_numpy() for table in tables]))
        record = {
            "rows": asked.rows,
            "parts": asked.parts,
            "nodes": asked.nodes,
            "every_id_once": bool(np.array_equal(ids, np.arange(asked.rows))),
            "equal_to_one_process": equal,
            "worker_killed": found["killed"],
            "parts_of": found["machines"],
            "rows_a_second": round(asked.rows / found["seconds"]),
            "rows_a_second_of_one_process": round(asked.rows / seconds),
            "peak_mib_by_tenth": found["peak_mib"],
            **circumstances(),
            "command": f"ray_parts.py --rows {asked.rows} --parts {asked.parts} --nodes {asked.nodes}",
        }
    print(json.dumps(record, indent=2))
    with asked.results.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
