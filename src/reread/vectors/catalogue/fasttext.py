"""fastText's vectors of words from Common Crawl and Wikipedia."""

from __future__ import annotations

from typing import ClassVar

from reread.vectors.catalogue.base import named_vectors
from reread.vectors.catalogue.fetched import FetchedVectors


class _FastText(FetchedVectors):
    """Vectors of whole words; those of character n-grams are in another file, which is not read."""

    dim: ClassVar = 300
    licence: ClassVar = "CC BY-SA 3.0"
    citation: ClassVar = "Grave, Bojanowski, Gupta, Joulin, Mikolov: Learning Word Vectors for 157 Languages, LREC 2018"
    homepage: ClassVar = "https://fasttext.cc/docs/en/crawl-vectors.html"
    size: ClassVar = "more than 1 GB"


@named_vectors.register("fasttext-en")
class FastTextEnglish(_FastText):
    """Vectors of English words."""

    name: ClassVar = "fasttext-en"
    description: ClassVar = "fastText: 2 million words, upper and lower case, from Common Crawl and Wikipedia"
    language: ClassVar = "en"
    file_name: ClassVar = "cc.en.300.vec.gz"
    url: ClassVar = "https://dl.fbaipublicfiles.com/fasttext/vectors-crawl/cc.en.300.vec.gz"


@named_vectors.register("fasttext-zh")
class FastTextChinese(_FastText):
    """Vectors of Chinese words, many of one or two characters: they suit the segmenter of characters and pairs too."""

    name: ClassVar = "fasttext-zh"
    description: ClassVar = "fastText: 2 million words, from Common Crawl and Wikipedia"
    language: ClassVar = "zh"
    file_name: ClassVar = "cc.zh.300.vec.gz"
    url: ClassVar = "https://dl.fbaipublicfiles.com/fasttext/vectors-crawl/cc.zh.300.vec.gz"
