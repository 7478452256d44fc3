"""Polars: python examples/scale/with_polars.py MODEL IN.parquet OUT.parquet (a file)."""

import sys

import polars as pl
import pyarrow as pa

from reread import load

folder, source, out = sys.argv[1:]
model = load(folder, threads=1)


def answer(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of a frame with their answers."""
    batches = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).to_batches()
    return pl.DataFrame(pa.Table.from_batches(map(model.answer_batch, batches)))


rows = pl.scan_parquet(source)
schema = answer(rows.head(1).collect()).schema
rows.map_batches(answer, schema=schema, streamable=True).sink_parquet(out)
