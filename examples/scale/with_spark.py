"""Spark: python examples/scale/with_spark.py MODEL IN.parquet OUT_FOLDER (a folder)."""

import sys
from collections.abc import Iterator
from functools import cache

import pyarrow as pa
from pyspark.sql import SparkSession
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

from reread import Model, load

folder, source, out = sys.argv[1:]
opened = cache(load)  # once in each worker


def answer(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The rows of each batch with their answers."""
    model: Model = opened(folder, threads=1)
    return map(model.answer_batch, batches)


rows = SparkSession.builder.getOrCreate().read.parquet(source)
nothing = pa.RecordBatch.from_pylist([], to_arrow_schema(rows.schema))
schema = from_arrow_schema(next(answer(iter([nothing]))).schema)
rows.mapInArrow(answer, schema).write.mode("overwrite").parquet(out)
