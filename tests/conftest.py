from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("busy", deadline=None)  # times are measured in benchmarks, never asserted in tests
settings.load_profile("busy")


@pytest.fixture(scope="module")
def one_thread() -> None:
    """Tiny networks on busy cores: a second thread costs far more time than it saves."""
    import torch  # noqa: PLC0415  # most tests do without

    torch.set_num_threads(1)
