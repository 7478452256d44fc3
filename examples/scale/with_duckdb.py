"""DuckDB: python examples/scale/with_duckdb.py MODEL IN.parquet OUT.parquet (a file)."""

import sys

import duckdb
import pyarrow as pa

from reread import load

folder, source, out = sys.argv[1:]
model = load(folder, threads=1)


def answer(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """The answer of each text, its columns as one struct."""
    batches = pa.table({"text": texts}).to_batches()
    return pa.chunked_array([model.answer_batch(batch).drop_columns(["text"]).to_struct_array() for batch in batches])


answers = answer(pa.chunked_array([pa.array(["a text"])])).type
kinds = {field.name: "VARCHAR" if pa.types.is_string(field.type) else "DOUBLE" for field in answers}
database = duckdb.connect()
database.create_function(
    "answer", answer, ["VARCHAR"], database.struct_type(kinds), type="arrow", null_handling="special"
)
database.sql(f"SELECT * EXCLUDE a, a.* FROM (SELECT *, answer(text) AS a FROM '{source}')").write_parquet(out)
