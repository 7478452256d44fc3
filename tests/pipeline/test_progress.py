"""A long work tells now and then how far it is."""

from __future__ import annotations

import itertools

import pytest

from reread.pipeline.progress import progress_notes


def test_a_line_every_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds, notes = itertools.count(100.0, 4.0), list[str]()
    monkeypatch.setattr("reread.pipeline.progress.time.monotonic", lambda: next(seconds))
    report = progress_notes(notes.append, "learning curve", "trainings")
    for done in range(1, 5):
        report(done * 300, 1200)
    assert notes == ["learning curve: 75% of 1,200 trainings"]
