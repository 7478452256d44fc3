from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reread.data.datasets import default_folder
from reread.data.datasets.cache import write_rows


def test_default_folder_is_the_users_cache() -> None:
    assert default_folder({}, "linux") == Path.home() / ".cache" / "reread"
    assert default_folder({"XDG_CACHE_HOME": "/x"}, "linux") == Path("/x/reread")
    assert default_folder({"LOCALAPPDATA": "/x"}, "linux") == Path.home() / ".cache" / "reread"
    assert default_folder({"LOCALAPPDATA": "/l", "XDG_CACHE_HOME": "/x"}, "win32") == Path("/l/reread")
    assert default_folder({"REREAD_CACHE": "/mine", "XDG_CACHE_HOME": "/x"}, "linux") == Path("/mine")


def test_half_a_surrogate_pair_survives(tmp_path: Path, rows_of: Callable[[Path], list[dict[str, Any]]]) -> None:
    rows = [{"text": "a\ud83d"}, {"text": "é\u2028\x85\r\n"}, {"text": json.loads('"\\ud83d\\ude00"')}]

    assert write_rows(tmp_path / "x.jsonl.gz", rows) == 3
    assert rows_of(tmp_path / "x.jsonl.gz") == rows
