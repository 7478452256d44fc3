"""Work on many texts in parts of bounded size, on several threads, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

CHARACTERS = 1 << 18  # of a chunk: enough to make a call cheap, little enough to stay in a processor's cache

T = TypeVar("T")
R = TypeVar("R")


def chunked(texts: Iterable[str]) -> Iterator[list[str]]:
    """The texts in lists, each as long as its texts have ``CHARACTERS`` characters together."""
    chunk, characters = [], 0
    for text in texts:
        chunk.append(text)
        characters += len(text) + 1  # empty texts take memory too
        if characters >= CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk


def on_threads(function: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
    """What a function makes of each item, in their order; a few items a thread are held at a time."""
    remaining = iter(items)
    first = list(islice(remaining, 2))
    if threads == 1 or len(first) < 2:  # one item needs no thread of its own
        yield from map(function, chain(first, remaining))
        return
    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="reread-text") as pool:
        for item in chain(first, remaining):
            waiting.append(pool.submit(function, item))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
