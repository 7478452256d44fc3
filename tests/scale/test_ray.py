"""`--ray` on a real Ray cluster on this machine: each row once and the same bits, also where a node is killed."""

from __future__ import annotations

import importlib.util
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reread.lab.experiments.experiment import read_experiment
from reread.lab.experiments.records import read_records
from support import folders
from support.command_line import reread_process
from support.ray_cluster import ENVIRONMENT, ray_cluster
from support.small_experiments import Heard, compared, lay_out

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed: make test-engines does"
)
MODEL = folders.DATA / "folders_2026_12" / "stack.reread"
PARTS, ROWS = 12, 500


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with parts of rows in ``in``."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    words = ["a", "lovely", "dull", "film", "book", "was", "not", "very"]
    for part in range(PARTS):
        ids = range(part * ROWS, (part + 1) * ROWS)
        texts = [" ".join(words[(number * step) % 8] for step in range(1, 40 + number % 9)) for number in ids]
        pq.write_table(pa.table({"id": ids, "text": texts}), f"in/{part:02}.parquet")
    return tmp_path


@pytest.fixture
def nodes() -> Iterator[tuple[Any, list[Any]]]:
    with ray_cluster() as made:
        yield made


def answers(folder: str) -> dict[str, pa.Table]:
    return {path.name: pq.read_table(path) for path in sorted(Path(folder).glob("*.parquet"))}


def killed_after(condition: Any, cluster: Any, node: Any) -> threading.Thread:
    """A thread that kills a node when a condition holds."""

    def kill() -> None:
        while not condition():
            time.sleep(0.02)
        cluster.remove_node(node, allow_graceful=False)

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


def test_parts_are_answered_once_where_a_node_is_killed(nodes: tuple[Any, list[Any]], parts: Path) -> None:
    cluster, (lost, _) = nodes
    killer = killed_after(lambda: len(answers("out")) >= 3, cluster, lost)
    command = ["predict", str(MODEL), "in", "-o", "out", "--ray", cluster.address, "--json"]
    process = reread_process(command, ENVIRONMENT)
    out, err = process.communicate(timeout=200)
    killer.join()
    assert process.returncode == 0, err
    told = json.loads(out)
    assert (told["parts"], told["failed"]) == (PARTS, 0)
    assert sum(told["machines"].values()) <= PARTS
    alone = reread_process(["predict", str(MODEL), "in", "-o", "alone", "--quiet", "--threads", "1"])
    assert (alone.communicate(timeout=200)[1], alone.returncode) == ("", 0)
    assert answers("out") == answers("alone")


def records(path: Path) -> dict[str, dict[str, Any]]:
    """What an experiment's runs say that does not depend on when and where they ran."""
    read = {record.name: asdict(record) for record in read_records(read_experiment(path).runs)}
    same = ("predictions", "curve", "test_metrics", "validation", "iterations", "config")
    return {name: {key: record[key] for key in same} for name, record in read.items()}


def test_a_comparison_ends_complete_where_a_node_is_killed(nodes: tuple[Any, list[Any]], tmp_path: Path) -> None:
    cluster, (lost, _) = nodes
    path, alone = (lay_out(tmp_path / name, steps=(20, 600)) for name in ("spread", "alone"))
    runs = read_experiment(path).runs
    killer = killed_after(lambda: len(list(runs.glob("*.json"))) >= 3, cluster, lost)
    process = reread_process(["compare", str(path), "--ray", cluster.address, "--json"], ENVIRONMENT)
    out, err = process.communicate(timeout=250)
    killer.join()
    assert process.returncode == 0, err
    assert (json.loads(out)["runs"], json.loads(out)["missing"]) == (8, 0)
    compared(alone, Heard(), processes=1)
    assert records(path) == records(alone)
    print(err)
