"""Apache Arrow IPC files (Feather version 2) and streams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, BinaryIO, ClassVar

from reread.data.formats import Sink, formats
from reread.data.formats.tables import TableFormat, TableSink, need
from reread.typing import override

_MAGIC = b"ARROW1"


@formats.register("arrow")
class Arrow(TableFormat):
    """Arrow files and streams, read batch by batch."""

    suffixes: ClassVar = (".arrow", ".feather", ".ipc")
    shown: ClassVar = "Arrow"

    @override
    def schema(self, stream: BinaryIO) -> Any:
        return _reader(stream).schema

    @override
    def batches(self, stream: BinaryIO) -> Iterator[Any]:
        reader = _reader(stream)
        is_file = hasattr(reader, "num_record_batches")
        for batch in map(reader.get_batch, range(reader.num_record_batches)) if is_file else reader:
            batch.validate(full=True)  # pyarrow itself reads wherever a damaged file points
            yield batch

    @override
    def sink(self, stream: IO[bytes], columns: tuple[str, ...]) -> Sink:
        new_file = need("pyarrow.ipc").new_file
        return TableSink(columns, lambda schema: new_file(stream, schema))


def _reader(stream: BinaryIO) -> Any:
    ipc = need("pyarrow.ipc")
    is_file = stream.read(len(_MAGIC)) == _MAGIC
    stream.seek(0)
    return ipc.open_file(stream) if is_file else ipc.open_stream(stream)
