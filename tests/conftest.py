from __future__ import annotations

import pytest
from hypothesis import settings

# Times are measured in benchmarks, never asserted in tests. `make test` tries the same examples every time, so that
# what passed once passes again; `make test-all` looks for new ones.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None)
settings.load_profile("same")


@pytest.fixture(scope="module")
def one_thread() -> None:
    """Tiny networks on busy cores: a second thread costs far more time than it saves."""
    import torch  # noqa: PLC0415  # most tests do without

    torch.set_num_threads(1)
