"""Five engines, one model: each example of `examples/scale` gives the same rows and the same bits."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reread import load
from support import folders

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "scale"
MODEL = folders.DATA / "folders_2026_12" / "stack.reread"
ROWS = 10_000
ENGINES = ["polars", "duckdb", "dask", "ray", "spark"]
PACKAGES = {"spark": "pyspark"}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of rows, some of which have no text."""
    words = ["a", "lovely", "dull", "film", "book", "was", "not", "very"]
    texts = [" ".join(words[(number * step) % 8] for step in range(1, 2 + number % 9)) for number in range(ROWS)]
    texts[7], texts[77] = " ", None  # type: ignore[call-overload]
    path = tmp_path_factory.mktemp("rows") / "rows.parquet"
    table = pa.table({"id": range(ROWS), "text": pa.array(texts, pa.string())})
    pq.write_table(table, path, row_group_size=3000)
    return path


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_answers_as_one_call_does(engine: str, rows: Path, tmp_path: Path) -> None:
    if importlib.util.find_spec(PACKAGES.get(engine, engine)) is None:
        pytest.skip(f"{engine} is not installed: make test-engines installs all five")
    if engine == "spark" and shutil.which("java") is None:
        pytest.skip("Spark needs Java: make test-engines installs both")
    out = tmp_path / "out.parquet"
    environment = {**os.environ, "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0", "SPARK_LOCAL_IP": "127.0.0.1"}
    command = [sys.executable, str(EXAMPLES / f"with_{engine}.py"), str(MODEL), str(rows), str(out)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    found = pq.read_table(out).sort_by("id")
    (batch,) = pq.read_table(rows).combine_chunks().to_batches()
    expected = pa.Table.from_batches([load(MODEL, threads=1).answer_batch(batch)])
    assert found.column_names == expected.column_names
    assert found.cast(expected.schema).equals(expected)
