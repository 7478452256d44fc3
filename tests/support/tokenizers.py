"""Small tokenizers of every kind that static sentence encoders have, as the content of a tokenizer.json."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def word_pieces(words: Sequence[str] = ("film", "love", "##ly", "a", "the", "not", "bad", "good")) -> str:
    """BERT's kind, as model2vec distils it: lower case, what follows in a word is marked ##."""
    tokenizer = Tokenizer(models.WordPiece({token: k for k, token in enumerate(["[UNK]", *words])}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.enable_truncation(5)
    tokenizer.enable_padding(length=8)
    return tokenizer.to_str()


def byte_pairs() -> str:
    """GPT-2's kind: bytes as letters, the space before a word is the letter Ġ."""
    alphabet = {letter: k for k, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    merges = [("Ġ", "f"), ("i", "l"), ("Ġf", "il"), ("Ġfil", "m")]
    vocabulary = {**alphabet, **{a + b: len(alphabet) + k for k, (a, b) in enumerate(merges)}}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return tokenizer.to_str()


def llama() -> str:
    """WordLlama's kind: spaces are ▁, a character that is not known is its bytes, such as <0xE4>."""
    singles = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), "▁", *LETTERS]
    merges = [("i", "l"), ("f", "il"), ("fil", "m"), ("▁", "film")]
    vocabulary = {token: k for k, token in enumerate([*singles, *(a + b for a, b in merges)])}
    tokenizer = Tokenizer(
        models.BPE(vocab=vocabulary, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    )
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    return tokenizer.to_str()


def unigram() -> str:
    """The multilingual kind: the likeliest pieces, spaces are ▁, runs of unknown characters are one token."""
    pieces = [("<unk>", 0.0), ("▁", -2.0), ("▁film", -3.0), ("lov", -4.0), ("ely", -4.0), ("a", -5.0), ("▁a", -2.0)]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=0))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer.to_str()


KINDS: Mapping[str, Callable[[], str]] = {
    "word pieces": word_pieces,
    "byte pairs": byte_pairs,
    "llama": llama,
    "unigram": unigram,
}


def words_only(words: Sequence[str]) -> str:
    """A tokenizer whose tokens are these words, whatever they are."""
    model = {"type": "WordLevel", "vocab": {word: k for k, word in enumerate(words)}, "unk_token": words[0]}
    return json.dumps({"version": "1.0", "added_tokens": [], "model": model})


def lay_encoder(folder: Path, tokenizer: str, **tensors: Any) -> Path:
    """The folder of a static encoder with these tensors."""
    folder.mkdir(exist_ok=True)
    (folder / "tokenizer.json").write_text(tokenizer, encoding="utf-8")
    save_file({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, folder / "model.safetensors")
    return folder
