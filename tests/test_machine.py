"""What a record says of the machine and the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reread import __version__, machine

HEAPS = """
import ctypes, sys, threading
from reread.machine import glibc, share_one_heap
libc = glibc()
libc.fopen.restype = ctypes.c_void_p
{before}
taken = threading.Barrier(4)
threads = [threading.Thread(target=lambda: (libc.malloc(1000), taken.wait())) for _ in range(3)]
for thread in threads:
    thread.start()
taken.wait()
stream = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, stream)
libc.fclose(stream)
"""


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


@pytest.mark.skipif(machine.glibc() is None, reason="the allocator is not glibc's")
@pytest.mark.parametrize(("before", "heaps"), [("", 4), ("share_one_heap()", 1)])
def test_threads_share_one_heap_where_asked(tmp_path: Path, before: str, heaps: int) -> None:
    command = [sys.executable, "-c", HEAPS.format(before=before), str(tmp_path / "heaps")]
    usual = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    subprocess.run(command, check=True, env=usual)
    assert (tmp_path / "heaps").read_text(encoding="utf-8").count("<heap nr=") == heaps
