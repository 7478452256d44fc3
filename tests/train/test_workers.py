"""Data-parallel training: two processes under torchrun give the weights of one."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tiny
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file

from reread.apps.cli.run import run
from reread.train.workers import Workers

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
    assert out.count("together") == 1  # one of them prints
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
