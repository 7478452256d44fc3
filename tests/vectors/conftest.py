from __future__ import annotations

import numpy as np
import pytest

from reread.vectors.word_vectors import WordVectors


@pytest.fixture
def vectors() -> WordVectors:
    """Five words of two languages with three numbers each."""
    numbers = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    return WordVectors(("the", "film", "好", "don't", "e\u0301"), numbers, {"algorithm": "cbow"})
