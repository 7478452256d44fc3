"""Process many texts in chunks of bounded size, on several threads, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

CHARACTERS = 1 << 18  # of a chunk: enough to make a call cheap, few enough to fit a processor's cache

T = TypeVar("T")
R = TypeVar("R")


def chunked(texts: Iterable[str]) -> Iterator[list[str]]:
    """The texts in lists of about ``CHARACTERS`` characters each."""
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
    """A function's results, in the order of the items; a few items per thread are in memory at a time."""
    remaining = iter(items)
    first = list(islice(remaining, 2))
    if threads == 1 or len(first) < 2:  # one item needs no thread
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
