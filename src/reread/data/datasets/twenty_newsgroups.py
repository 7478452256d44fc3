"""20 Newsgroups: Usenet posts of 1993, and the usual way of making them harder."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import ClassVar

from reread.data.datasets.base import Dataset, Row, datasets
from reread.fetching.original import Original
from reread.registry import unknown_name
from reread.typing import override

_FILE = re.compile(r"(?:\./)?20news-bydate-(train|test)/([^/]+)/(\d+)")
_QUOTE = re.compile(r"writes in|writes:|wrote:|says:|said:|^In article|^Quoted from|^[|>]")


@datasets.register("20newsgroups")
class TwentyNewsgroups(Dataset):
    """20 Newsgroups, the "bydate" version (Lang 1995; Rennie)."""

    name: ClassVar[str] = "20newsgroups"
    description: ClassVar[str] = (
        "Usenet posts in 20 groups with full headers, which leak the group (the bydate version, Lang 1995); "
        "checked by the sha256 that scikit-learn publishes"
    )
    language: ClassVar[str] = "en"
    task: ClassVar[str] = "20-class topic"
    licence: ClassVar[str] = "no licence stated"
    homepage: ClassVar[str] = "http://qwone.com/~jason/20Newsgroups/"
    columns: ClassVar[tuple[str, ...]] = ("text", "label", "id")
    splits: ClassVar[tuple[str, ...]] = ("train", "test")
    published: ClassVar[tuple[Original, ...]] = (
        Original(
            "20news-bydate.tar.gz",
            "https://ndownloader.figshare.com/files/5975967",
            "sha256:8f1b2514ca22a5ade8fbb9cfa5727df95fa587f4c87b786e15c759fa66d95610",
        ),
    )
    published_rows: ClassVar[Mapping[str, int]] = {"train": 11_314, "test": 7_532}

    @override
    def parse(self, files: Mapping[str, Path]) -> dict[str, Iterable[Row]]:
        posts: dict[str, dict[tuple[str, str], str]] = {split: {} for split in self.splits}
        with tarfile.open(files[self.originals[0].name], "r:gz") as archive:
            for member in archive:
                match = _FILE.fullmatch(member.name)
                content = archive.extractfile(member) if match and member.isfile() else None
                if match and content:
                    posts[match[1]][match[2], match[3]] = content.read().decode("latin-1")
        return {
            split: [{"text": text, "label": label, "id": int(file)} for (label, file), text in sorted(texts.items())]
            for split, texts in posts.items()
        }


def strip(text: str, remove: Collection[str] = ("headers", "footers", "quotes")) -> str:
    """Remove the parts of a post that make its group too easy to guess; it may end up empty.

    The rules are those that scikit-learn documents for ``fetch_20newsgroups(remove=…)``.

    Raises:
        ConfigError: ``remove`` names something else.
    """
    for part in remove:
        if part not in _PARTS:
            raise unknown_name("part of a post", part, list(_PARTS))
    for part, without in _PARTS.items():
        text = without(text) if part in remove else text
    return text


def _without_headers(text: str) -> str:
    return text.partition("\n\n")[2]


def _without_footers(text: str) -> str:
    """Cut at the last empty or dashed line: what follows it is taken for a signature."""
    lines = text.strip().split("\n")
    rules = [number for number, line in enumerate(lines) if not line.strip().strip("-")]
    return "\n".join(lines[: rules[-1]]) if rules and rules[-1] > 0 else text


def _without_quotes(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not _QUOTE.search(line))


_PARTS: dict[str, Callable[[str], str]] = {  # in the order they are taken out
    "headers": _without_headers,
    "footers": _without_footers,
    "quotes": _without_quotes,
}
