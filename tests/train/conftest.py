from __future__ import annotations

import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Tiny networks on busy cores: a second thread costs more time than it saves."""
    torch.set_num_threads(1)
