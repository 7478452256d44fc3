"""`--ray` on a real Ray cluster on this machine: each row once and the same bits, also where a node is killed."""

from __future__ import annotations

import importlib.util
import json
import shlex
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reread.lab.experiments.experiment import read_experiment
from reread.lab.experiments.records import read_records
from support import folders
from support.command_line import TINY, reread_process, reviews
from support.ray_cluster import ENVIRONMENT, ray_cluster
from support.small_experiments import Heard, compared, lay_out

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed: make test-engines does"),
]
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


class Killer:
    """Kills a node when a condition holds, unless the context ends before."""

    def __init__(self, nodes: tuple[Any, list[Any]], condition: Callable[[], bool]) -> None:
        self.nodes, self.condition, self.killed = nodes, condition, False
        self._over, self._thread = threading.Event(), threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(0.02):
            if self.condition():
                cluster, (lost, _) = self.nodes
                cluster.remove_node(lost, allow_graceful=False)
                self.killed = True
                return


def ran(*command: str) -> tuple[str, str]:
    """What a command said on its two streams."""
    with reread_process(list(command), ENVIRONMENT) as process:
        try:
            out, err = process.communicate(timeout=500)
        finally:
            process.kill()
    assert process.returncode == 0, err
    return out, err


def test_parts_are_answered_once_where_a_node_is_killed(nodes: tuple[Any, list[Any]], parts: Path) -> None:
    with Killer(nodes, lambda: len(answers("out")) >= 3) as killer:
        out, err = ran("predict", str(MODEL), "in", "-o", "out", "--ray", nodes[0].address, "--json")
    assert killer.killed
    told = json.loads(out)
    assert (told["parts"], told["failed"]) == (PARTS, 0)
    assert set(told["machines"]) <= {"node-0", "node-1"}
    assert "on node-1" in err.splitlines()[-1]
    ran("predict", str(MODEL), "in", "-o", "alone", "--threads", "1")
    assert answers("out") == answers("alone")


def records(path: Path) -> dict[str, dict[str, Any]]:
    """What an experiment's runs say that does not depend on when and where they ran."""
    read = {record.name: asdict(record) for record in read_records(read_experiment(path).runs)}
    same = ("predictions", "curve", "test_metrics", "validation", "iterations", "config")
    return {name: {key: record[key] for key in same} for name, record in read.items()}


def test_a_comparison_ends_complete_where_a_node_is_killed(nodes: tuple[Any, list[Any]], tmp_path: Path) -> None:
    path, alone = (lay_out(tmp_path / name, steps=(20, 600)) for name in ("spread", "alone"))
    runs = read_experiment(path).runs
    with Killer(nodes, lambda: len(list(runs.glob("*.json"))) >= 3) as killer:
        out, _ = ran("compare", str(path), "--ray", nodes[0].address, "--json")
    assert killer.killed
    assert (json.loads(out)["runs"], json.loads(out)["missing"]) == (8, 0)
    compared(alone, Heard(), processes=1)
    assert records(path) == records(alone)


TRIALS = 10  # as many as are drawn at random, whatever ended before
SEARCH = f"tune good.csv --model rnn --answer network {TINY} --epochs 40 --trials {TRIALS} --set training.evaluations=2"


def trials_of(study: str) -> tuple[set[str], list[str]]:
    """Who tried settings, and the settings of the whole trials with their figures."""
    workers, values = set[str](), list[dict[str, Any]]()
    ended: dict[int, Any] = {}
    journal = Path(study, "journal.log")
    for line in journal.read_text(encoding="utf-8").splitlines() if journal.is_file() else ():
        entry = json.loads(line)
        match entry["op_code"]:
            case 4:
                values.append({})
            case 5:
                values[entry["trial_id"]][entry["param_name"]] = entry["param_value_internal"]
            case 6 if entry["state"] == 1:
                ended[entry["trial_id"]] = entry["values"]
            case 8 if "worker" in entry["user_attr"]:
                workers.add(entry["user_attr"]["worker"])
    return workers, sorted(json.dumps([values[trial], found], sort_keys=True) for trial, found in ended.items())


def test_a_search_tries_all_its_settings_where_a_node_is_killed(
    nodes: tuple[Any, list[Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("good.csv").write_text(reviews(200), encoding="utf-8")
    with Killer(nodes, lambda: len(trials_of("m.reread.study")[0]) == 3) as killer:
        out, err = ran(*shlex.split(SEARCH), "-o", "m.reread", "--ray", nodes[0].address, "--json")
    assert killer.killed
    assert "helper 1 of 2 tries settings on node-" in err
    assert json.loads(out)["trials"] == TRIALS
    ran(*shlex.split(SEARCH), "-o", "alone.reread")
    assert trials_of("m.reread.study")[1] == trials_of("alone.reread.study")[1]


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("auto", "reread: --ray auto: no cluster can be joined (Could not find any running Ray instance); begin one"),
        ("127.0.0.1:1", "reread: --ray 127.0.0.1:1: nobody answers there ([Errno 111] Connection refused); begin"),
        ("ray://head", "reread: --ray ray://head: expected auto or HOST:PORT, as in 10.0.0.7:6379"),
    ],
)
def test_an_address_without_a_cluster_is_one_line(address: str, message: str, parts: Path) -> None:
    process = reread_process(["predict", str(MODEL), "in", "-o", "out", "--ray", address], ENVIRONMENT)
    _, err = process.communicate(timeout=250)
    assert process.returncode == 2
    assert err.startswith(message)
    assert err.count("\n") == 1


def test_an_address_of_the_environment_is_named_as_such(parts: Path) -> None:
    command = ["predict", str(MODEL), "in", "-o", "out", "--ray", "auto"]
    process = reread_process(command, {**ENVIRONMENT, "RAY_ADDRESS": "127.0.0.1:1"})
    _, err = process.communicate(timeout=250)
    said = "reread: --ray 127.0.0.1:1: nobody answers there, which the variable RAY_ADDRESS names ([Errno 111]"
    assert (process.returncode, err.startswith(said)) == (2, True)


def test_workers_and_a_cluster_are_one_too_many(parts: Path) -> None:
    process = reread_process(["predict", str(MODEL), "in", "-o", "out", "--ray", "auto", "--workers", "2"], ENVIRONMENT)
    _, err = process.communicate(timeout=250)
    assert (process.returncode, err) == (2, "reread: --workers and --ray both say who answers; pass one of them\n")
