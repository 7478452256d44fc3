from __future__ import annotations

from pathlib import Path

import pytest

from reread.lab.experiments.write_up import Result
from support.small_experiments import Heard, compared, lay_out


@pytest.fixture(scope="session")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result, Heard]:
    """A finished experiment; not to be changed."""
    path, heard = lay_out(tmp_path_factory.mktemp("done")), Heard()
    return path, compared(path, heard), heard
