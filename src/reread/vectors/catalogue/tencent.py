"""Tencent AI Lab's vectors of Chinese words and phrases."""

from __future__ import annotations

import shutil
import tarfile
import zlib
from pathlib import Path
from typing import ClassVar

from reread.errors import DataError
from reread.typing import override
from reread.vectors.catalogue.base import named_vectors
from reread.vectors.catalogue.fetched import FetchedVectors


@named_vectors.register("tencent-zh")
class TencentChinese(FetchedVectors):
    """Version 0.2.0, the small one of 200 dimensions: a text file in an archive."""

    name: ClassVar = "tencent-zh"
    description: ClassVar = "Tencent AI Lab 0.2.0, small: 2 million Chinese characters, words and phrases"
    language: ClassVar = "zh"
    dim: ClassVar = 200
    licence: ClassVar = "CC BY 3.0"
    citation: ClassVar = "Song, Shi, Li, Zhang: Directional Skip-Gram, NAACL 2018"
    homepage: ClassVar = "https://ai.tencent.com/ailab/nlp/en/embedding.html"
    size: ClassVar = "more than 1 GB; 4 GB unpacked"
    file_name: ClassVar = "tencent-ailab-embedding-zh-d200-v0.2.0-s.tar.gz"
    url: ClassVar = "https://ai.tencent.com/ailab/nlp/en/data/tencent-ailab-embedding-zh-d200-v0.2.0-s.tar.gz"

    @override
    def unpacked(self, path: Path) -> Path:
        place = path.with_name(self.file_name.replace(".tar.gz", ".txt"))
        try:
            with tarfile.open(path, "r:gz") as archive:
                for member in archive:
                    content = archive.extractfile(member) if Path(member.name).name == place.name else None
                    if content is not None:
                        with place.open("wb") as file:
                            shutil.copyfileobj(content, file)
                        return place
        except (tarfile.TarError, EOFError, zlib.error) as error:
            raise DataError(f"{path.name} is damaged or not the published archive ({error}); fetch it again") from error
        raise DataError(f"{path.name} holds no {place.name}; it is not the published archive")
