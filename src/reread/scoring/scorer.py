"""Texts → a network's scores, with any backend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reread import windows
from reread.errors import ConfigError, MissingExtraError
from reread.scoring.backends import Array, Backend, ReadsValues
from reread.scoring.backends.stored import StoredNetwork
from reread.tasks import Task
from reread.text.checks import check_texts
from reread.text.encoder import TextEncoder
from reread.text.segmenters.base import Span

if TYPE_CHECKING:
    from reread.scoring.backends.torch import TorchBackend

CHUNK = 8192  # texts encoded and sorted together
BATCH_TOKENS = 32_768


class Scorer:
    """A trained network: texts → scores.

    A score depends on its text alone: batches are sorted by length and padded on the right, which no recurrence
    reads; a text longer than ``window`` tokens is read in windows, with the same result.

    Args:
        encoder: text → ids.
        task: defines how many scores a text has, and what they mean.
        backend: ids → scores.
        window: tokens read in one call.
        max_tokens: the number of tokens of each text that the model uses.
        network: the network's settings and weights, for explanations that inspect it.
        threads: of the network in torch, which some explanations need; None: as many as torch uses.
    """

    def __init__(
        self,
        encoder: TextEncoder,
        task: Task,
        backend: Backend,
        *,
        window: int = 4096,
        max_tokens: int | None = None,
        network: StoredNetwork | None = None,
        threads: int | None = None,
    ) -> None:
        self.task, self.network, self.threads = task, network, threads
        self._torch: TorchBackend | None = None
        self.encoder, self.backend = encoder, backend
        self.window, self.max_tokens = window, max_tokens
        self._start_one = self._starts(1)  # read-only

    def scores(self, texts: Sequence[str]) -> Array:
        """The raw scores, (texts, scores).

        Raises:
            DataError: ``texts`` is not a list of strings.
        """
        check_texts(texts)
        if len(texts) == 1:  # for progress bars
            return self.score_ids([self.encode(texts[0])])
        parts = [
            self.score_ids(self.encoder.encode_many(texts[start : start + CHUNK], self.max_tokens, self.backend.calls))
            for start in range(0, len(texts), CHUNK)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, self.task.size), dtype=np.float32)

    def encode(self, text: str) -> NDArray[np.int32]:
        """The ids of one text as the network reads them, (tokens, features)."""
        return self.encoder.encode(text)[: self.max_tokens]

    def inputs(self, texts: Sequence[str]) -> dict[str, NDArray[np.int64]]:
        """What the network reads of some texts: ``ids`` (texts, time, features), and ``lengths`` (texts,)."""
        ids, lengths = windows.pad(self.encoder.encode_many(texts, self.max_tokens, self.backend.calls))
        return {"ids": ids, "lengths": lengths}

    def spans(self, text: str) -> list[Span]:
        """The places of the tokens of one text that the network reads."""
        return self.encoder.spans(text)[: self.max_tokens]

    def score_ids(self, encoded: Sequence[NDArray[np.int32]]) -> Array:
        """The raw scores of encoded texts, each (tokens, features)."""
        if len(encoded) == 1:
            return self._read_some(encoded)[0]
        scores = np.empty((len(encoded), self.task.size), dtype=np.float32)

        def read(rows: NDArray[np.int64]) -> None:
            scores[rows] = self._read_some([encoded[row] for row in rows])[0]

        self._each_group(encoded, read)
        return scores

    def vectors(self, texts: Sequence[str]) -> Array:
        """The texts' vectors, from which the scores are computed, (texts, dim).

        Raises:
            ConfigError: the network's settings are not available.
            MissingExtraError: neither torch nor a compiled kernel that supports the network is installed.
        """
        check_texts(texts)
        backend, encoded = self._tells_values(), self.encoder.encode_many(texts, self.max_tokens, self.backend.calls)
        summaries = np.empty((len(encoded), len(self.backend.start_summary)), dtype=np.float32)

        def read(rows: NDArray[np.int64]) -> None:
            summaries[rows] = self._read_some([encoded[row] for row in rows])[1]

        self._each_group(encoded, read)
        return backend.vectors(summaries)

    def _each_group(self, encoded: Sequence[NDArray[np.int32]], read: Callable[[NDArray[np.int64]], None]) -> None:
        """Read texts in groups of similar length, as many at once as the backend can."""
        lengths = np.array([len(text) for text in encoded])
        groups = windows.length_groups(lengths, texts=self.backend.texts, tokens=BATCH_TOKENS, window=self.window)
        if self.backend.calls == 1 or len(encoded) <= self.backend.texts:
            for rows in groups:
                read(rows)
            return
        with ThreadPoolExecutor(self.backend.calls) as threads:
            for done in threads.map(read, list(groups)[::-1]):  # the longest texts first: short ones fill the last gaps
                del done

    def values(self, ids: NDArray[np.int32]) -> Array:
        """The pooling's input at each token of one text, in its context: ids (tokens, features) → (tokens, dim).

        Raises:
            ConfigError: the network's settings are not available.
            MissingExtraError: neither torch nor a compiled kernel that supports the network is installed.
        """
        backend, pieces, outputs = self._tells_values(), windows.cut(windows.pad([ids])[0], self.window), []
        entering = self._entering(pieces)
        for k, piece in enumerate(pieces):
            values, leaving = backend.values(np.ascontiguousarray(piece), np.array([piece.shape[1]]), entering[k])
            self._carry(leaving, entering, k)
            outputs.append(values[0])
        return np.concatenate(outputs)

    def _tells_values(self) -> ReadsValues:
        """The backend if it gives the network's inner values, else the network in torch."""
        if isinstance(self.backend, ReadsValues):
            return self.backend
        try:
            return self.in_torch()
        except ModuleNotFoundError as error:
            raise MissingExtraError("inspecting a network that the compiled kernel cannot read", "train") from error

    def in_torch(self) -> TorchBackend:
        """The network in torch, with torch's loops and in float32, whichever backend answers.

        Raises:
            ConfigError: the network's settings are not available.
            ModuleNotFoundError: torch is not installed.
        """
        if self.network is None:
            raise ConfigError("the network's settings are not available; open its folder with reread.load")
        if self._torch is None:
            from reread.scoring.backends.torch import TorchBackend, restore_net  # noqa: PLC0415

            network = self.network
            net = restore_net(asdict(network.spec), network.weights, network.sizes, network.scores)
            self._torch = TorchBackend(net, self.threads)
        return self._torch

    def _read_some(self, encoded: Sequence[NDArray[np.int32]]) -> tuple[Array, Array]:
        """The scores and the summaries of texts read in one call; a text longer than a window is alone."""
        ids, lengths = windows.pad(encoded)
        return self._read_long(ids) if ids.shape[1] > self.window else self._read(ids, lengths)

    def _start(self, batch: int) -> tuple[Array, Array]:
        return self._start_one if batch == 1 else self._starts(batch)

    def _starts(self, batch: int) -> tuple[Array, Array]:
        backend = self.backend
        states = np.repeat(backend.start_states[:, None], batch, axis=1)
        return states, np.repeat(backend.start_summary[None], batch, axis=0)

    def _read(self, ids: NDArray[np.int64], lengths: NDArray[np.int64]) -> tuple[Array, Array]:
        scores, _, summary = self.backend.run(ids, lengths, *self._start(len(ids)))
        return scores, summary

    def _read_long(self, ids: NDArray[np.int64]) -> tuple[Array, Array]:
        pieces, summary = windows.cut(ids, self.window), self._start(1)[1]
        entering, scores = self._entering(pieces), np.empty((1, self.task.size), dtype=np.float32)
        for k, piece in enumerate(pieces):
            scores, leaving, summary = self._run_piece(piece, entering[k], summary)
            self._carry(leaving, entering, k)
        return scores, summary

    def _entering(self, pieces: Sequence[NDArray[np.int64]]) -> list[Array]:
        """The states that enter each window of one text, before the last sweep: see `windows.entering_states`."""
        backend, (start, summary) = self.backend, self._start(1)
        return windows.entering_states(
            lambda piece, states: self._run_piece(piece, states, summary)[1],
            start,
            pieces,
            backend.layers,
            bidirectional=backend.bidirectional,
        )

    def _run_piece(self, piece: NDArray[np.int64], states: Array, summary: Array) -> tuple[Array, Array, Array]:
        return self.backend.run(np.ascontiguousarray(piece), np.array([piece.shape[1]]), states, summary)

    def _carry(self, leaving: Array, entering: list[Array], k: int) -> None:
        """In the last sweep, pass the states leaving window ``k`` to the next one."""
        if k + 1 < len(entering):
            windows.carry(leaving, entering[k + 1], self.backend.layers, bidirectional=self.backend.bidirectional)
