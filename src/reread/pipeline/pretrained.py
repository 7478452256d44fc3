"""What a model folder says of the pretrained network that its own started from."""

from __future__ import annotations

from typing import Any

from reread.pretrained import PretrainedConfig


def pretrained_facts(config: PretrainedConfig, words_taken_over: list[list[int]]) -> dict[str, Any]:
    """Its entry in config.json.

    Args:
        config: of the pretrained network.
        words_taken_over: for each feature of a token, how many words it knew, and how many there are now.
    """
    return {
        "recipe": config.recipe,
        "texts": config.texts,
        "tokens": config.tokens,
        "words_read": config.words,
        "steps": config.training.get("steps"),
        "sha256": config.sha256,
        "perplexity": config.perplexity,
        "unigram_perplexity": config.unigram_perplexity,
        "predict": config.predict,
        "bag_size": config.bag_size,
        "words_taken_over": words_taken_over,
        "reread": config.reread,
    }
