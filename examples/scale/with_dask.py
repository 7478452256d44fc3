"""Dask: python examples/scale/with_dask.py MODEL IN.parquet OUT_FOLDER (a folder)."""

import sys

import dask.dataframe as dd
import pandas as pd
import pyarrow as pa

from reread import Model, load

folder, source, out = sys.argv[1:]


def answer(rows: pd.DataFrame, model: Model) -> pd.DataFrame:
    """The rows of a partition with their answers."""
    return model.answer_batch(pa.RecordBatch.from_pandas(rows, preserve_index=False)).to_pandas()


model = load(folder, threads=1)  # it travels to other processes by its path
rows = dd.read_parquet(source)
meta = answer(rows.head(1, npartitions=-1), model).head(0)
rows.map_partitions(answer, model, meta=meta).to_parquet(out, write_index=False)
