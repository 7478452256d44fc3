from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from reread.weak import Rule, Rules
from reread.weak.kinds import Chunk

Cast = Callable[..., list[int]]


@pytest.fixture
def cast(tmp_path: Path) -> Cast:
    """The votes of one rule on texts, as numbers of the classes neg and pos, -1 for none."""

    def votes(
        texts: Sequence[str], label: str | None = "pos", *, rows: Sequence[Mapping[str, Any]] = (), **settings: Any
    ) -> list[int]:
        filled = rows or [{"text": text} for text in texts]
        ballot = Rules(["neg", "pos"], [Rule("one", label, **settings)], folder=tmp_path).open(list(filled[0]))
        return [int(vote) for vote in ballot.votes(Chunk(texts, filled))[0][:, 0]]

    return votes
