"""Too little memory is one line, other errors stay what they are."""

from __future__ import annotations

import pytest
import torch

from reread.errors import ConfigError, TrainingError
from reread.train.memory import enough_memory


def test_what_torch_cannot_allocate() -> None:
    with (
        pytest.raises(ConfigError, match=r"^the memory does not suffice: 931,322.6 GiB in one piece; make it smaller$"),
        enough_memory(ConfigError, "make it smaller"),
    ):
        torch.empty(10**15, dtype=torch.int8)


@pytest.mark.parametrize("error", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory.\nMore")])
def test_what_python_and_a_device_cannot_allocate(error: Exception) -> None:
    with (
        pytest.raises(TrainingError, match=r"^the memory does not suffice; make it smaller$"),
        enough_memory(TrainingError, "make it smaller"),
    ):
        raise error


def test_other_errors_pass() -> None:
    with pytest.raises(RuntimeError, match="shapes"), enough_memory(TrainingError, "make it smaller"):
        raise RuntimeError("shapes do not fit")
