"""EmoBank: sentences rated on three scales."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from reread.data.datasets.base import Dataset, Row, bad_line, datasets
from reread.fetching.original import Original
from reread.typing import override

_COMMIT = "6d272ffd01ea31ee8f528c012431dc16f2a5f589"
_FIELDS = ("id", "split", "V", "A", "D", "text")


@datasets.register("emobank")
class EmoBank(Dataset):
    """EmoBank (Buechel and Hahn, EACL 2017)."""

    name: ClassVar[str] = "emobank"
    description: ClassVar[str] = (
        "Sentences of six genres rated 1-5 for valence (the target), arousal and dominance (EmoBank, Buechel and Hahn "
        "2017); checked by the row counts and the pinned commit, as no checksum is published"
    )
    language: ClassVar[str] = "en"
    task: ClassVar[str] = "regression on three targets"
    licence: ClassVar[str] = "CC BY-SA 4.0"
    homepage: ClassVar[str] = "https://github.com/JULIELab/EmoBank"
    columns: ClassVar[tuple[str, ...]] = ("text", "target", "valence", "arousal", "dominance", "id")
    splits: ClassVar[tuple[str, ...]] = ("train", "dev", "test")
    published: ClassVar[tuple[Original, ...]] = (
        Original("emobank.csv", f"https://raw.githubusercontent.com/JULIELab/EmoBank/{_COMMIT}/corpus/emobank.csv"),
    )
    published_rows: ClassVar[Mapping[str, int]] = {"train": 8_062, "dev": 1_000, "test": 1_000}

    @override
    def parse(self, files: Mapping[str, Path]) -> dict[str, Iterable[Row]]:
        splits: dict[str, Iterable[Row]] = {}
        for split in self.splits:
            splits[split] = _rows(files[self.originals[0].name], split, self.splits)
        return splits


def _rows(path: Path, wanted: str, splits: tuple[str, ...]) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        if set(reader.fieldnames or ()) != set(_FIELDS):
            raise bad_line(path.name, 1, f"the columns are {reader.fieldnames}, expected {list(_FIELDS)}")
        for row in reader:
            if None in row or None in row.values():  # where csv puts too many fields, and too few
                raise bad_line(path.name, reader.line_num, f"expected {len(_FIELDS)} fields")
            if row["split"] not in splits:
                raise bad_line(
                    path.name, reader.line_num, f'the split is "{row["split"]}", expected {", ".join(splits)}'
                )
            if row["split"] == wanted:
                valence, arousal, dominance = (_rating(row[scale], path.name, reader.line_num) for scale in "VAD")
                scales = {"valence": valence, "arousal": arousal, "dominance": dominance}
                yield {"text": row["text"], "target": valence, **scales, "id": row["id"]}


def _rating(value: str, file: str, line: int) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise bad_line(file, line, f'a rating is "{value}", expected a number') from error
