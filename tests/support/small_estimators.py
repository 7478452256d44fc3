from __future__ import annotations

from typing import Any

import pytest

SMALL = {"model": {"hidden": 8, "embedding_dim": 8, "latent": (8,)}}


@pytest.fixture
def small() -> dict[str, Any]:
    """Options of an estimator that fits in milliseconds."""
    return {"settings": SMALL, "epochs": 1, "baseline": False, "threads": 1}


@pytest.fixture
def texts() -> list[str]:
    words = [("good", "lovely"), ("bad", "awful")]
    return [f"{words[k % 2][k % 3 % 2]} film number {'abcdefghij'[k % 10]} {'xyz'[k % 3]}{k // 10}" for k in range(60)]


@pytest.fixture
def labels() -> list[str]:
    return ["neg" if k % 2 else "pos" for k in range(60)]


@pytest.fixture
def prices() -> list[float]:
    return [100 + 10 * (k % 2) + k / 60 for k in range(60)]
