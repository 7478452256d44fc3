"""Data-parallel training: two processes under torchrun give the weights of one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.distributed as dist
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file

from reread.apps.cli.run import run
from reread.errors import TrainingError
from reread.train.workers import Workers, workers_from_environment
from support import tiny

BATCH = 8
OPTIONS = [
    "--threads=1",
    "--device=cpu",
    "--quiet",
    "--no-baseline",
    "--epochs=4",
    f"--batch-size={BATCH}",
    "--weight=weight",
    "--learning-rate=0.02",
    "--set=training.warmup=0",
    "--set=training.window=6",
    "--set=training.ema=0",
    "--set=model.hidden=6",
    "--set=model.embedding_dim=6",
    "--set=model.latent=[6]",
    *(f"--set=model.{name}=0" for name in ("dropout", "word_dropout", "embedding_dropout", "input_dropout")),
]


@given(rows=st.lists(st.integers(0, 99), max_size=20), size=st.integers(1, 5))
def test_the_workers_share_a_batch_among_them(rows: list[int], size: int) -> None:
    shares = [Workers(rank, size).share(np.array(rows)).tolist() for rank in range(size)]
    assert sorted(row for share in shares for row in share) == sorted(rows)
    assert max(map(len, shares)) - min(map(len, shares)) <= 1
    assert [Workers(rank, size).leads for rank in range(size)] == [rank == 0 for rank in range(size)]


@pytest.mark.parametrize(("device", "backend"), [("cpu", "gloo"), ("cuda", "cpu:gloo,cuda:nccl")])
def test_the_backend_is_that_of_the_device_of_the_run(
    device: str, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined: list[str] = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(dist, "init_process_group", joined.append)
    monkeypatch.setattr(dist, "destroy_process_group", lambda: joined.append("left"))
    monkeypatch.setattr(dist, "get_rank", lambda: 1)
    monkeypatch.setenv("WORLD_SIZE", "2")
    with workers_from_environment(device) as workers:
        assert workers == Workers(1, 2)
    assert joined == [backend, "left"]


def test_wishes_are_those_of_all_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dist, "all_reduce", lambda totals: totals.add_(torch.tensor([1.0, 0.0])))
    assert Workers(0, 2).wanted(False, False) == [True, False]  # noqa: FBT003
    assert Workers(0, 2).wanted(True, True) == [True, True]  # noqa: FBT003
    assert Workers().wanted(False, True) == [False, True]  # noqa: FBT003


def test_a_worker_that_has_gone_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object) -> None:
        raise RuntimeError("[pair.cc:555] Connection closed by peer\nmore")

    monkeypatch.setattr(dist, "all_reduce", closed)
    with pytest.raises(TrainingError, match=r"^another worker of this run has ended: \[pair.*closed by peer$"):
        Workers(0, 2).sum(1.0)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Opinions with weights, some longer than a window, in a number that leaves one text for the last batch."""
    header, *lines = tiny.opinions(108).splitlines()
    rows = [f"{'and ' * (k % 7 == 0) * 9}{line},{1 + k % 3}" for k, line in enumerate(lines)]
    path = tmp_path / "opinions.csv"
    path.write_text("\n".join([f"{header},weight", *rows, ""]), encoding="utf-8")
    return path


@pytest.mark.slow
def test_ctrl_c_for_one_of_two_processes_stops_both(data: Path, tmp_path: Path) -> None:
    group = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    out, script = tmp_path / "together", "from reread.apps.cli import main; main()"
    command = [sys.executable, "-c", script, "train", str(data), f"-o{out}", *OPTIONS, "--epochs=100000"]
    options = ["--set=training.checkpoint_seconds=0", "--set=training.patience=none"]
    processes = [
        subprocess.Popen(
            [*command, *options], stderr=subprocess.PIPE, text=True, env={**os.environ, **group, "RANK": rank}
        )
        for rank in "01"
    ]
    while not (tmp_path / "together.partial" / "checkpoint.safetensors").exists() and processes[0].poll() is None:
        time.sleep(0.05)
    processes[1].send_signal(signal.SIGINT)
    for process in processes:
        errors = process.communicate(timeout=100)[1]
        said = errors.splitlines()[-1]
        assert said.startswith(f"reread: interrupted; {out}.partial keeps the network as of step ")
        assert "Traceback" not in errors
        assert process.returncode == 130


def test_two_processes_give_the_weights_of_one(data: Path, tmp_path: Path) -> None:
    alone, together = tmp_path / "alone", tmp_path / "together"
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2", "--master-addr=127.0.0.1"]
    reread = shutil.which("reread", path=str(Path(sys.executable).parent))
    assert reread is not None
    command = [*torchrun, f"--master-port={free_port()}", reread, "train", str(data), f"-o{together}", *OPTIONS]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert run(["train", str(data), f"-o{alone}", *OPTIONS]) == 0
    out, errors = process.communicate(timeout=200)
    assert process.returncode == 0, errors
    assert out.count("together: ") == 1  # one of them prints
    facts = json.loads((alone / "config.json").read_text(encoding="utf-8"))["data"]
    assert facts["train_rows"] % BATCH == 1  # a batch in which the second worker has nothing to read
    metrics, expected_metrics = (
        json.loads((path / "metrics.json").read_text(encoding="utf-8")) for path in (together, alone)
    )
    assert (metrics["steps"], metrics["best_step"]) == (expected_metrics["steps"], expected_metrics["best_step"])
    weights, expected = (load_file(path / "weights.safetensors") for path in (together, alone))
    assert weights.keys() == expected.keys()
    for name, tensor in weights.items():
        np.testing.assert_allclose(tensor, expected[name], rtol=1e-5, atol=1e-5, err_msg=name)
