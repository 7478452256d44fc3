from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from support.browser import chromium

# Times are measured in benchmarks, never asserted in tests. `make test` tries the same few examples every time, so that
# what passed once passes again; `make test-all` looks for new ones, four times as many.
settings.register_profile("same", deadline=None, derandomize=True, max_examples=25)
settings.register_profile("search", deadline=None)
settings.load_profile("same")


@pytest.fixture(autouse=True, scope="session")
def no_power_cuts() -> Iterator[None]:
    """What tests write need not outlast one: waiting for the disk would take longer than most of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", os.fstat)  # which still asks for an open file
        yield


@pytest.fixture(scope="module")
def chromium_process() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def browser(chromium_process: Any) -> Iterator[Any]:
    """A browser; the pages that a test opens are closed after it, as they keep asking their servers."""
    yield chromium_process
    for context in chromium_process.contexts:
        context.close()


@pytest.fixture(scope="module")
def one_thread() -> None:
    """Tiny networks on busy cores: a second thread costs far more time than it saves."""
    import torch  # noqa: PLC0415  # most tests do without

    torch.set_num_threads(1)
