"""The model of a folder that is replaced."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from reread.bundle import model_checksum
from reread.monitoring.source import ModelSource
from support.folders import DATA, OLD, copy_of

OTHER = DATA / "folders_2026_11" / "classes.reread"


def test_other_content_is_taken_once_and_what_was_left_behind_only_if_asked(tmp_path: Path) -> None:
    folder = copy_of(OLD, tmp_path / "model")
    source = ModelSource(folder, lambda: model_checksum(folder))
    first = source.opened, source.name, source.checksum
    assert not source.refresh()
    shutil.rmtree(folder)
    copy_of(OTHER, folder)
    assert source.refresh()
    second = source.opened
    assert second != first[0]
    source.put_back(*first)
    assert (source.opened, source.refresh()) == (first[0], False)
    assert source.refresh(again=True)
    assert (source.opened, source.refresh(again=True)) == (second, False)


def test_a_folder_that_cannot_be_opened_is_said_once_unless_asked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = copy_of(OLD, tmp_path / "model")
    source = ModelSource(folder, lambda: model_checksum(folder))
    (folder / "SHA256SUMS").unlink()
    with caplog.at_level(logging.WARNING, "reread.models"):
        assert [source.refresh() for _ in range(3)] == [False] * 3
        assert len(caplog.records) == 1
        assert not source.refresh(again=True)
    assert len(caplog.records) == 2
