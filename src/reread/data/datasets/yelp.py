"""Yelp: reviews with stars, from the file that the user has fetched under Yelp's terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from reread.data.datasets.base import Dataset, Row, datasets
from reread.data.read import open_rows
from reread.data.split import text_keys
from reread.errors import DataError
from reread.fetching.original import Original
from reread.typing import override

_TEST_SHARE = 5  # one text in five


@datasets.register("yelp")
class Yelp(Dataset):
    """The reviews of the Yelp Open Dataset, JSON Lines or CSV with ``text`` and ``stars``."""

    name: ClassVar[str] = "yelp"
    description: ClassVar[str] = (
        "Reviews with 1-5 stars, from your own copy of the Yelp Open Dataset (reviews as JSON Lines or CSV; Yelp "
        "changes it, so neither checksum nor row counts are known); a fifth of the texts, told by their hash, is test"
    )
    language: ClassVar[str] = "en"
    task: ClassVar[str] = "5-star reviews: classification and regression"
    licence: ClassVar[str] = "Yelp Dataset Terms of Use: academic and non-commercial use only, no redistribution"
    homepage: ClassVar[str] = "https://business.yelp.com/data/resources/open-dataset/"
    columns: ClassVar[tuple[str, ...]] = ("text", "label", "stars", "source", "review_id", "date")
    splits: ClassVar[tuple[str, ...]] = ("train", "test")
    published: ClassVar[tuple[Original, ...]] = (Original("yelp_academic_dataset_review.json", None),)

    @override
    def parse(self, files: Mapping[str, Path]) -> dict[str, Iterable[Row]]:
        path = files[self.originals[0].name]
        return {"train": _rows(path, test=False), "test": _rows(path, test=True)}


def _rows(path: Path, *, test: bool) -> Iterator[Row]:
    rows = open_rows(path)
    for column in ("text", "stars"):
        if column not in rows.columns:
            raise DataError(f'{rows.name} has no column "{column}": expected the reviews of the Yelp Open Dataset')
    for line, values, problem, *_raw in rows:
        text = values.get("text")
        if problem or not isinstance(text, str):
            raise DataError(f"{rows.place(line)}: {problem or 'the text is missing'}")
        if _is_test(text) == test:
            stars = _stars(values.get("stars"), rows.place(line))
            known = {"review_id": values.get("review_id"), "date": values.get("date")}
            yield {"text": text, "label": str(stars), "stars": stars, "source": "open_dataset", **known}


def _is_test(text: str) -> bool:
    """Whether a text is in the test split; equal texts are in the same split, and the file can be streamed."""
    return int(text_keys([text])[0]) % _TEST_SHARE == 0


def _stars(value: Any, place: str) -> int:
    try:
        stars = float(value)
    except (TypeError, ValueError):
        stars = 0.0
    if stars not in {1, 2, 3, 4, 5}:
        raise DataError(f'{place}: the stars are "{value}", expected 1, 2, 3, 4 or 5')
    return int(stars)
