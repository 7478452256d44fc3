"""A made-up language in which some words keep company, so that word2vec has something to find."""

from __future__ import annotations

import random

MEADOW = {
    "en": (
        ["cat", "dog", "cow", "hen", "eats", "runs", "sleeps", "grass"],
        ["saw", "axe", "pin", "nut", "cuts", "rusts", "breaks", "steel"],
    ),
    "zh": ("猫狗牛鸡吃跑睡草", "锯斧针钉切锈断钢"),
}


def meadow(sentences: int = 1500, language: str = "en") -> list[list[str]]:
    """Sentences of six words about animals, or about tools."""
    chance = random.Random(0)
    return [chance.choices(MEADOW[language][k % 2], k=6) for k in range(sentences)]
