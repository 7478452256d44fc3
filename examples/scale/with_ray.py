"""Ray Data: python examples/scale/with_ray.py MODEL IN.parquet OUT_FOLDER (a folder)."""

import sys

import pyarrow as pa
import ray

from reread import load

folder, source, out = sys.argv[1:]


class Answer:
    """Opens the model once in each worker."""

    def __init__(self, folder: str) -> None:
        self.model = load(folder, threads=1)

    def __call__(self, rows: pa.Table) -> pa.Table:
        """The rows of a batch with their answers."""
        return pa.Table.from_batches(map(self.model.answer_batch, rows.combine_chunks().to_batches()))


rows = ray.data.read_parquet(source)
rows.map_batches(Answer, fn_constructor_args=[folder], batch_format="pyarrow", concurrency=1).write_parquet(out)
