"""IMDB: 100,000 film reviews."""

from __future__ import annotations

import re
import tarfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from reread.data.datasets.base import Dataset, Row, datasets
from reread.errors import DataError
from reread.fetching.original import Original
from reread.typing import override

_FILE = re.compile(r"(?:\./)?aclImdb/(train|test)/(?:(neg|pos|unsup)/(\d+)_(\d+)|urls_(neg|pos|unsup))\.txt")
_TITLE = re.compile(r"/title/(tt\d+)")

Reviews = dict[int, tuple[int, str]]  # id → (rating, text)


@datasets.register("imdb")
class Imdb(Dataset):
    """Large Movie Review Dataset v1.0 (Maas et al., ACL 2011)."""

    name: ClassVar[str] = "imdb"
    description: ClassVar[str] = (
        "Film reviews with sentiment, star rating and movie (the Large Movie Review Dataset v1.0, Maas et al. 2011); "
        "checked by the published md5"
    )
    language: ClassVar[str] = "en"
    task: ClassVar[str] = "binary sentiment; rating regression 1-10; unlabelled text"
    licence: ClassVar[str] = "no licence stated; cite the paper"
    homepage: ClassVar[str] = "https://ai.stanford.edu/~amaas/data/sentiment/"
    columns: ClassVar[tuple[str, ...]] = ("text", "label", "rating", "id", "movie")
    splits: ClassVar[tuple[str, ...]] = ("train", "test", "unsup")
    unlabelled: ClassVar[tuple[str, ...]] = ("unsup",)
    published: ClassVar[tuple[Original, ...]] = (
        Original(
            "aclImdb_v1.tar.gz",
            "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
            "md5:7c2ac02c03563afcf9b574c7e56c153a",
        ),
    )
    published_rows: ClassVar[Mapping[str, int]] = {"train": 25_000, "test": 25_000, "unsup": 50_000}

    @override
    def parse(self, files: Mapping[str, Path]) -> dict[str, Iterable[Row]]:
        reviews, movies = _read(files[self.originals[0].name])
        return {
            "train": list(_labelled("train", reviews, movies)),
            "test": list(_labelled("test", reviews, movies)),
            "unsup": list(_unlabelled(reviews, movies)),
        }


def _read(path: Path) -> tuple[dict[str, Reviews], dict[str, list[str]]]:
    """Reviews by id, and the movies by line, for "train/neg" and so on."""
    reviews: dict[str, Reviews] = defaultdict(dict)
    movies: dict[str, list[str]] = {}
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            match = _FILE.fullmatch(member.name)
            content = archive.extractfile(member) if match and member.isfile() else None
            if match is None or content is None:
                continue
            split, label, number, rating, urls_label = match.groups()
            text = content.read().decode("utf-8")
            if urls_label:
                movies[f"{split}/{urls_label}"] = _titles(text)
            else:
                reviews[f"{split}/{label}"][int(number)] = (int(rating), text)
    return reviews, movies


def _titles(urls: str) -> list[str]:
    matches = [_TITLE.search(url) for url in urls.splitlines()]
    return [title[1] if title else "" for title in matches]


def _labelled(split: str, reviews: Mapping[str, Reviews], movies: Mapping[str, list[str]]) -> Iterator[Row]:
    for label in ("neg", "pos"):
        for number, rating, text, movie in _in_order(f"{split}/{label}", reviews, movies):
            yield {"text": text, "label": label, "rating": rating, "id": number, "movie": movie}


def _unlabelled(reviews: Mapping[str, Reviews], movies: Mapping[str, list[str]]) -> Iterator[Row]:
    for number, _rating, text, movie in _in_order("train/unsup", reviews, movies):
        yield {"text": text, "id": number, "movie": movie}


def _in_order(
    part: str, reviews: Mapping[str, Reviews], movies: Mapping[str, list[str]]
) -> Iterator[tuple[int, int, str, str]]:
    """Reviews by id; line ``id`` of a ``urls_*.txt``, counted from 0, is its movie (the archive's README)."""
    titles = movies.get(part, [])
    for number, (rating, text) in sorted(reviews.get(part, {}).items()):
        if number >= len(titles) or not titles[number]:
            raise DataError(f'"imdb" has no movie for review {number} of {part}: it is not the published archive')
        yield number, rating, text, titles[number]
