from __future__ import annotations

import subprocess
import sys

import pytest

WITHOUT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {absent!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import reread
try:
    reread.TextClassifier().fit(["a", "b"], [0, 1])
except reread.MissingExtraError as error:
    print(error)
"""


@pytest.mark.parametrize("absent", ["sklearn", "torch"])
def test_a_missing_library_is_one_line_that_says_what_to_install(absent: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(absent=absent)], capture_output=True, text=True, check=True
    )
    assert run.stdout == 'training needs an extra: pip install "reread[train]"\n'
