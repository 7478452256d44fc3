"""SMS Spam Collection: a tiny, unbalanced set."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from reread.data.datasets.base import Dataset, Row, bad_line, datasets
from reread.errors import DataError
from reread.fetching.checksums import check_stream
from reread.fetching.original import Original
from reread.typing import override

_MEMBER = "SMSSpamCollection"


@datasets.register("sms_spam")
class SmsSpam(Dataset):
    """SMS Spam Collection v.1 (Almeida and Gómez Hidalgo 2011)."""

    name: ClassVar[str] = "sms_spam"
    description: ClassVar[str] = (
        "Text messages, wanted (ham) or not (spam) (the SMS Spam Collection v.1, Almeida and Gómez Hidalgo 2011); "
        "no checksum of the archive is published, the sha256 of the file in it is checked"
    )
    language: ClassVar[str] = "en"
    task: ClassVar[str] = "binary spam"
    licence: ClassVar[str] = "CC BY 4.0"
    homepage: ClassVar[str] = "https://archive.ics.uci.edu/dataset/228/sms+spam+collection"
    columns: ClassVar[tuple[str, ...]] = ("text", "label")
    splits: ClassVar[tuple[str, ...]] = ("all",)
    published: ClassVar[tuple[Original, ...]] = (
        Original(
            "sms+spam+collection.zip",
            "https://archive.ics.uci.edu/static/public/228/sms+spam+collection.zip",
            contents={_MEMBER: "sha256:7d039a24a6083ed9ef0f806ebad56bbb976e3aeb8de05669173bfdc4996c239d"},
        ),
    )
    published_rows: ClassVar[Mapping[str, int]] = {"all": 5_574}

    @override
    def parse(self, files: Mapping[str, Path]) -> dict[str, Iterable[Row]]:
        original = self.originals[0]
        with zipfile.ZipFile(files[original.name]) as archive:
            if _MEMBER not in archive.namelist():
                raise DataError(f"{original.name} has no file {_MEMBER}: it is not the published archive")
            with archive.open(_MEMBER) as file:
                check_stream(file, original.contents[_MEMBER], f"{_MEMBER} in {original.name}")
            return {"all": list(_rows(archive.read(_MEMBER).decode("utf-8")))}


def _rows(content: str) -> Iterator[Row]:
    for number, line in enumerate(io.StringIO(content, newline="\n"), start=1):
        label, tab, text = line.removesuffix("\n").partition("\t")
        if not tab:
            raise bad_line(_MEMBER, number, "no tab between label and text")
        yield {"text": text, "label": label}
