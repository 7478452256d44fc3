"""Memory is used again from step to step and given back at the end; too little of it is one line, other errors stay what they are."""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys

import pytest
import torch

from reread.errors import ConfigError, TrainingError
from reread.train.memory import enough_memory


def test_what_torch_cannot_allocate() -> None:
    with (
        pytest.raises(ConfigError, match=r"^there is not enough memory: 931,322.6 GiB in one piece; make it smaller$"),
        enough_memory(ConfigError, "make it smaller"),
    ):
        torch.empty(10**15, dtype=torch.int8)


@pytest.mark.parametrize("error", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory.\nMore")])
def test_what_python_and_a_device_cannot_allocate(error: Exception) -> None:
    with (
        pytest.raises(TrainingError, match=r"^there is not enough memory; make it smaller$"),
        enough_memory(TrainingError, "make it smaller"),
    ):
        raise error


def test_other_errors_pass() -> None:
    with pytest.raises(RuntimeError, match="shapes"), enough_memory(TrainingError, "make it smaller"):
        raise RuntimeError("shapes do not fit")


PAGES = """
import json, resource
import torch
from reread.train.memory import reused_memory

def new_pages():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    torch.ones(1 << 24)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

def held():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1])

before = [new_pages() for _ in range(40)]
with reused_memory():
    inside = [new_pages() for _ in range(40)]
    holding = held()
print(json.dumps([sum(before), sum(inside), holding - held()]))
"""


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "gnu_get_libc_version"), reason="glibc is not here"
)
def test_memory_is_used_again_while_training_and_given_back_afterwards() -> None:
    block = (1 << 26) // 4096  # pages
    done = subprocess.run([sys.executable, "-c", PAGES], capture_output=True, text=True, check=True)
    before, inside, given_back = json.loads(done.stdout)
    assert inside < before / 2
    assert given_back > 0.9 * block
