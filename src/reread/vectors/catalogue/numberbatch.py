"""ConceptNet Numberbatch."""

from __future__ import annotations

from typing import ClassVar

from reread.vectors.catalogue.base import named_vectors
from reread.vectors.catalogue.fetched import FetchedVectors


@named_vectors.register("numberbatch-en")
class NumberbatchEnglish(FetchedVectors):
    """ConceptNet Numberbatch 19.08, its English words; several words are joined by underscores."""

    name: ClassVar = "numberbatch-en"
    description: ClassVar = "ConceptNet Numberbatch 19.08: half a million words in lower case, with common knowledge"
    language: ClassVar = "en"
    dim: ClassVar = 300
    licence: ClassVar = "CC BY-SA 4.0"
    citation: ClassVar = (
        "Speer, Chin, Havasi: ConceptNet 5.5: An Open Multilingual Graph of General Knowledge, AAAI 2017"
    )
    homepage: ClassVar = "https://github.com/commonsense/conceptnet-numberbatch"
    size: ClassVar = "some 100 MB"
    file_name: ClassVar = "numberbatch-en-19.08.txt.gz"
    url: ClassVar = "https://conceptnet.s3.amazonaws.com/downloads/2019/numberbatch/numberbatch-en-19.08.txt.gz"
