from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reread.tasks import infer_task


@pytest.mark.parametrize(
    ("targets", "options", "name"),
    [
        (["a", "b"], {}, "classification"),
        ([1, 2], {}, "classification"),
        (np.array([1.5, 2.5]), {}, "classification"),
        ([["a"], []], {}, "multilabel"),
        ([np.array(["a"])], {}, "multilabel"),
        ([1, 2], {"kind": "number"}, "regression"),
        ([1, 2], {"order": [1, 2]}, "ordinal"),
        ({"topic": ["a"], "stars": [1]}, {}, "joint"),
    ],
)
def test_the_task_follows_from_the_targets(targets: Any, options: dict[str, Any], name: str) -> None:
    assert infer_task(targets, **options) == name
