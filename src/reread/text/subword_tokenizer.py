"""The tokenizer of a pre-trained encoder, from its tokenizer.json: the only module that imports ``tokenizers``."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from reread.errors import ConfigError, MissingExtraError

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@lru_cache(maxsize=4)  # training, scoring and vectors ask for the same one
def subword_tokenizer(content: str) -> Tokenizer:
    """The tokenizer that a tokenizer.json describes, which neither truncates nor pads. The file holds data, no code.

    Raises:
        ConfigError: the content describes no tokenizer.
        MissingExtraError: the library is not installed.
    """
    try:
        from tokenizers import Tokenizer  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtraError("cutting texts into sub-words", "subwords") from error
    try:
        tokenizer = Tokenizer.from_str(content)
    except Exception as error:  # the library raises no other type
        raise ConfigError(f"the content is no tokenizer.json of the tokenizers library: {error}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def tokens_of(content: str) -> list[str]:
    """The tokens that a tokenizer.json knows, by their ids.

    Raises:
        ConfigError: the content describes no tokenizer, or one whose ids have gaps.
        MissingExtraError: the library is not installed.
    """
    ids = subword_tokenizer(content).get_vocab(with_added_tokens=True)
    tokens = sorted(ids, key=ids.__getitem__)
    if [ids[token] for token in tokens] != list(range(len(tokens))):
        raise ConfigError(f"the ids of the tokenizer's {len(tokens):,} tokens are not 0 to {len(tokens) - 1:,}")
    return tokens


def unknown_token(content: str) -> str | None:
    """The token that stands for what the tokenizer cannot cut, if it has one."""
    model = json.loads(content).get("model", {})
    if model.get("unk_id") is not None:  # Unigram
        return str(model["vocab"][model["unk_id"]][0])
    token = model.get("unk_token")
    return token if isinstance(token, str) else None
