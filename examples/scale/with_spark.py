"""Spark: python examples/scale/with_spark.py MODEL IN.parquet OUT_FOLDER (a folder)."""

import sys
from collections.abc import Iterator

import pyarrow as pa
from pyspark.sql import SparkSession
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

from reread import load

folder, source, out = sys.argv[1:]
model = load(folder, threads=1)  # it travels to the workers by its path


def answer(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The rows of each batch with their answers."""
    return map(model.answer_batch, batches)


rows = SparkSession.builder.getOrCreate().read.parquet(source)
nothing = pa.RecordBatch.from_pylist([], to_arrow_schema(rows.schema))
schema = from_arrow_schema(model.answer_batch(nothing).schema)
rows.mapInArrow(answer, schema).write.mode("overwrite").parquet(out)
