from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from reread.data.lists import examples_from_lists
from reread.insight.audit.audit_data import AuditData

Make = Callable[..., AuditData]


@pytest.fixture
def audit_data_of() -> Make:
    """Makes a audited of files, each a list of texts, with one list of labels for each file that has any."""

    def make(*files: Sequence[str], labels: Sequence[Sequence[Any]] = (), numbers: Sequence[str] = ()) -> AuditData:
        name = numbers[0] if numbers else "label"
        targets = [{name: own} for own in labels] + [{}] * (len(files) - len(labels))
        parts = [examples_from_lists(texts, own) for texts, own in zip(files, targets, strict=True)]
        return AuditData(parts, numbers=numbers)

    return make
