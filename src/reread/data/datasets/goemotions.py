"""GoEmotions: comments with one or more of 28 emotions."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from reread.data.datasets.base import Dataset, Row, bad_line, datasets
from reread.fetching.original import Original
from reread.typing import override

_REPOSITORY = "https://raw.githubusercontent.com/google-research/google-research"
_COMMITS = {  # each one has that file
    "train": "2adf640a14f11025ae5a9d0ec493b78530d276d3",
    "dev": "2adf640a14f11025ae5a9d0ec493b78530d276d3",
    "test": "b91598b43297db06cca27a29fe2d0442dffea029",
}
_LABELS = tuple(  # in the order of the authors' emotions.txt
    """
    admiration amusement anger annoyance approval caring confusion curiosity desire disappointment disapproval disgust
    embarrassment excitement fear gratitude grief joy love nervousness optimism pride realization relief remorse sadness
    surprise neutral
    """.split()  # noqa: SIM905  # 28 lines would say no more
)


@datasets.register("goemotions")
class GoEmotions(Dataset):
    """GoEmotions (Demszky et al., ACL 2020)."""

    name: ClassVar[str] = "goemotions"
    description: ClassVar[str] = (
        "Reddit comments with one or more of 27 emotions or neutral (GoEmotions, Demszky et al. 2020); "
        "checked by the row counts and the pinned commits, as no checksum is published"
    )
    language: ClassVar[str] = "en"
    task: ClassVar[str] = "multi-label emotion, 28 labels"
    licence: ClassVar[str] = "CC BY 4.0"
    homepage: ClassVar[str] = "https://github.com/google-research/google-research/tree/master/goemotions"
    columns: ClassVar[tuple[str, ...]] = ("text", "label", "id")
    splits: ClassVar[tuple[str, ...]] = ("train", "dev", "test")
    published: ClassVar[tuple[Original, ...]] = tuple(
        Original(f"{split}.tsv", f"{_REPOSITORY}/{commit}/goemotions/data/{split}.tsv")
        for split, commit in _COMMITS.items()
    )
    published_rows: ClassVar[Mapping[str, int]] = {"train": 43_410, "dev": 5_426, "test": 5_427}

    @override
    def parse(self, files: Mapping[str, Path]) -> dict[str, Iterable[Row]]:
        return {split: _rows(files[f"{split}.tsv"]) for split in self.splits}


def _rows(path: Path) -> Iterator[Row]:
    names = {str(number): label for number, label in enumerate(_LABELS)}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, delimiter="\t", strict=True)  # a text that holds a quote is quoted, quotes doubled
        for fields in reader:
            if len(fields) != 3:
                raise bad_line(path.name, reader.line_num, f"{len(fields)} fields, expected text, label numbers and id")
            text, numbers, identity = fields
            labels = [names.get(number) for number in numbers.split(",")]
            if None in labels:
                raise bad_line(path.name, reader.line_num, f'the labels are "{numbers}", expected numbers from 0 to 27')
            yield {"text": text, "label": labels, "id": identity}
