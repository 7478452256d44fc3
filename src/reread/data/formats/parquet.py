"""Apache Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, BinaryIO, ClassVar

from reread.data.formats import Sink, formats
from reread.data.formats.tables import BATCH, TableFormat, TableSink, need
from reread.typing import override


@formats.register("parquet")
class Parquet(TableFormat):
    """Parquet files, read batch by batch."""

    suffixes: ClassVar = (".parquet", ".pq")
    shown: ClassVar = "Parquet"

    @override
    def schema(self, stream: BinaryIO) -> Any:
        return need("pyarrow.parquet").ParquetFile(stream).schema_arrow

    @override
    def batches(self, stream: BinaryIO) -> Iterator[Any]:
        batches: Iterator[Any] = need("pyarrow.parquet").ParquetFile(stream).iter_batches(BATCH)
        return batches

    @override
    def sink(self, stream: IO[bytes], columns: tuple[str, ...]) -> Sink:
        writer = need("pyarrow.parquet").ParquetWriter
        return TableSink(columns, lambda schema: writer(stream, schema))
