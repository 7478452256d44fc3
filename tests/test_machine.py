"""What a record says of the machine and the code."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from reread import __version__, machine


def test_circumstances_name_commit_machine_versions_and_date() -> None:
    found = machine.circumstances()
    assert list(found) == ["commit", "machine", "versions", "date"]
    assert re.fullmatch(r"[0-9a-f]{7,}\+?|reread .+", found["commit"])
    assert f"{os.cpu_count()} cores" in found["machine"]
    assert found["versions"]["reread"] == __version__
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["date"])


def test_without_git_the_version_stands_for_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_git(*_: object, **__: object) -> None:
        raise FileNotFoundError("git")

    monkeypatch.setattr(subprocess, "run", no_git)
    assert machine.commit() == f"reread {__version__}"


def test_a_library_that_is_missing_is_said_to_be() -> None:
    assert machine.versions(["no-such-library"])["no-such-library"] == "not installed"
