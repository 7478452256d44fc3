"""Checks of a running server: that an answer depends on nothing but the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from reread.client.clients import Client
from reread.verification import TOLERANCE, Check

ENGLISH = "a the film phone service price quality was is very not good bad great poor slow never recommend lovely dull"
CHINESE = "好 不 电影 质量 很 差 喜欢 快 服务"
WORDS = f"{ENGLISH} {CHINESE}".split()
LENGTHS = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233)
CLIENTS = 8
COPIES = 20


def verify_server(address: str, *, token: str | None = None) -> list[Check]:
    """Check each model of a server.

    The texts are made of common words, in every length: no user data is needed.

    Args:
        address: the server's, such as ``http://127.0.0.1:8080``.
        token: one of its tokens.

    Raises:
        ConfigError, DataError, RereadError: see `Client.predict`.
    """
    with Client(address, token=token) as client:
        models = client.models()
    checks = []
    for model in models:
        start = "" if len(models) == 1 else f"{model['name']}: "
        with Client(address, token=token, model=model["name"]) as client:
            checks += [Check(start + each.name, each.ok, each.detail) for each in _checks(client, model)]
    return checks


def sample_texts(seed: int = 0) -> list[str]:
    """Texts of many lengths."""
    random = np.random.default_rng(seed)
    return [" ".join(random.choice(WORDS, length)) for length in LENGTHS]


def _checks(client: Client, model: Mapping[str, Any]) -> Iterator[Check]:
    texts = sample_texts()
    alone = [client.answers([text])[0] for text in texts]
    yield _finite(alone)
    yield _compare("batch size and padding", client.answers(texts), alone)
    yield _compare("order", client.answers(texts[::-1])[::-1], alone)
    yield _compare("asked again", [client.answers([text])[0] for text in texts], alone)
    with ThreadPoolExecutor(CLIENTS) as clients:
        together = list(clients.map(lambda text: client.answers([text])[0], texts * COPIES))
    yield _compare(f"{CLIENTS} clients at once", together, alone * COPIES)
    yield _compare("many texts", client.answers(texts * COPIES * 5), alone * COPIES * 5)
    now = {each["name"]: each["checksum"] for each in client.models()}.get(model["name"])
    yield Check("one model", now == model["checksum"], f"checksum {model['checksum'][:12]} before and after")


def _finite(answers: Sequence[Mapping[str, Any]]) -> Check:
    numbers = [number for answer in answers for number in _numbers(answer)]
    return Check("finite", bool(np.isfinite(numbers).all()), f"{len(numbers)} numbers of {len(answers)} texts")


def _compare(name: str, answers: Sequence[Mapping[str, Any]], expected: Sequence[Mapping[str, Any]]) -> Check:
    """Whether the numbers of answers are the expected ones, up to rounding."""
    pairs = [(list(_numbers(one)), list(_numbers(other))) for one, other in zip(answers, expected, strict=True)]
    if any(len(one) != len(other) for one, other in pairs):
        return Check(name, ok=False, detail="the answers have other classes")
    found, meant = (np.array([each[k] for each in pairs], dtype=np.float64) for k in (0, 1))
    size = np.maximum(1, np.abs(meant).max(axis=0, keepdims=True))  # of the largest among all texts
    largest = float((np.abs(found - meant) / size).max(initial=0.0))
    return Check(name, largest <= TOLERANCE, f"largest difference {largest:.1e}, allowed {TOLERANCE:.0e}")


def _numbers(answer: Mapping[str, Any]) -> Iterator[float]:
    """The probabilities of an answer and, where it has none, its numbers."""
    probabilities, prediction = answer["probabilities"], answer["prediction"]
    if isinstance(prediction, Mapping):
        for part, value in prediction.items():
            yield from _numbers({"prediction": value, "probabilities": (probabilities or {}).get(part)})
    elif isinstance(probabilities, Mapping):
        yield from probabilities.values()
    elif isinstance(prediction, int | float):
        yield float(prediction)
