"""THUCNews titles: short Chinese texts in ten classes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from reread.data.datasets.base import Dataset, Row, bad_line, datasets
from reread.fetching.original import Original
from reread.typing import override

_COMMIT = "6cb26819af7b646275aff8a4693676f2849e67f6"
_FOLDER = f"https://raw.githubusercontent.com/649453932/Chinese-Text-Classification-Pytorch/{_COMMIT}/THUCNews/data"
_LABELS = (  # in the order of the repository's class.txt: 财经 房产 股票 教育 科技 社会 时政 体育 游戏 娱乐
    "finance",
    "realty",
    "stocks",
    "education",
    "science",
    "society",
    "politics",
    "sports",
    "game",
    "entertainment",
)


@datasets.register("thucnews_titles")
class ThucnewsTitles(Dataset):
    """A subset of THUCNews: 200,000 news titles, as split by a well-known repository of baselines."""

    name: ClassVar[str] = "thucnews_titles"
    description: ClassVar[str] = (
        "Chinese news titles in ten classes (a subset of THUCNews); dev and test are checked by sha256, "
        "train by its row count and the pinned commit only, as no checksum of it is known"
    )
    language: ClassVar[str] = "zh"
    task: ClassVar[str] = "10-class topic"
    licence: ClassVar[str] = "free for research; commercial use by agreement with Tsinghua NLP"
    homepage: ClassVar[str] = "https://github.com/649453932/Chinese-Text-Classification-Pytorch"
    columns: ClassVar[tuple[str, ...]] = ("text", "label")
    splits: ClassVar[tuple[str, ...]] = ("train", "dev", "test")
    published: ClassVar[tuple[Original, ...]] = (
        Original("train.txt", f"{_FOLDER}/train.txt"),
        Original(
            "dev.txt",
            f"{_FOLDER}/dev.txt",
            "sha256:6ed73aa2c57ee1560c8f76570d48735c4b1c29ae4983fe3523d56e115813e175",
        ),
        Original(
            "test.txt",
            f"{_FOLDER}/test.txt",
            "sha256:ebecc8c896635ad69730083ca7b81d37c42c9a5779bc05c9d2479d894e34f026",
        ),
    )
    published_rows: ClassVar[Mapping[str, int]] = {"train": 180_000, "dev": 10_000, "test": 10_000}

    @override
    def parse(self, files: Mapping[str, Path]) -> dict[str, Iterable[Row]]:
        return {split: _rows(files[f"{split}.txt"]) for split in self.splits}


def _rows(path: Path) -> Iterator[Row]:
    classes = {str(number): label for number, label in enumerate(_LABELS)}
    with path.open(encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file, start=1):
            text, _tab, label = line.rstrip("\r\n").rpartition("\t")
            if label not in classes:
                raise bad_line(
                    path.name, number, f'the class is "{label}", expected 0 to {len(_LABELS) - 1} after a tab'
                )
            yield {"text": text, "label": classes[label]}
