"""The clients: each carries the steps of a `Talk` over HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any, Self

from numpy.typing import NDArray

from reread.client.retries import Retries
from reread.client.talk import Ask, Pause, Reply, Steps, Talk
from reread.errors import ConfigError, MissingExtraError
from reread.explain.explanation import Explanation
from reread.scoring.postprocessor import Floats, Sets

try:
    import httpx2 as httpx
except ImportError as missing:
    raise MissingExtraError("asking a server", "client") from missing

SECONDS = 60.0


class _Base:
    """What both clients know."""

    def __init__(
        self,
        address: str,
        *,
        token: str | None = None,
        model: str | None = None,
        timeout: float = SECONDS,
        retries: Retries | None = None,
    ) -> None:
        if not address.startswith(("http://", "https://")):
            raise ConfigError(f"{address}: expected an address such as http://127.0.0.1:8080")
        headers = {"content-type": "application/json"}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        self._settings: dict[str, Any] = {
            "base_url": address.rstrip("/"),
            "headers": headers,
            "timeout": timeout,
        }
        self._talk = Talk(address.rstrip("/"), model, retries or Retries())


class Client(_Base):
    """Asks a server; its methods are those of `Model`, and so are their types.

    A server that is full is asked again when it says so, with its header Retry-After; one that cannot be reached, a
    little later. Long lists of texts are asked in batches. Many threads can use it at once. It is a context manager.

    Args:
        address: the server's, such as ``http://127.0.0.1:8080``.
        token: one of the server's tokens.
        model: the model's name; None: the only one.
        timeout: seconds without a sign of the server after which it counts as gone.
        retries: how patient the client is.

    Raises:
        ConfigError: ``address`` is none of HTTP.
    """

    def __init__(
        self,
        address: str,
        *,
        token: str | None = None,
        model: str | None = None,
        timeout: float = SECONDS,
        retries: Retries | None = None,
    ) -> None:
        super().__init__(address, token=token, model=model, timeout=timeout, retries=retries)
        self._http = httpx.Client(**self._settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    @property
    def classes_(self) -> NDArray[Any] | dict[str, NDArray[Any]]:
        """The classes in the order of `predict_proba`'s columns; see `Model.classes_`."""
        found: NDArray[Any] | dict[str, NDArray[Any]] = self._run(self._talk.classes())
        return found

    def models(self) -> list[dict[str, Any]]:
        """The server's models: ``name``, ``task``, ``checksum`` and more, see docs/serve.md."""
        found: list[dict[str, Any]] = self._run(self._talk.models())
        return found

    def predict(self, texts: Sequence[str], abstain_below: float | None = None) -> NDArray[Any]:
        """The answer for each text, (texts,); see `Model.predict`.

        Raises:
            ConfigError: the token or the model's name is wrong.
            DataError: the server cannot be reached, or a text or an option is refused; one without any word is.
            RereadError: the server was full for longer than the client is patient, or has failed.
        """
        found: NDArray[Any] = self._run(self._talk.predict(texts, abstain_below))
        return found

    def predict_proba(self, texts: Sequence[str]) -> Floats | dict[str, Floats]:
        """The probability of each class, (texts, classes); see `Model.predict_proba`. Errors are those of `predict`."""
        found: Floats | dict[str, Floats] = self._run(self._talk.predict_proba(texts))
        return found

    def predict_interval(self, texts: Sequence[str], coverage: float = 0.9) -> Floats | dict[str, Floats]:
        """The lowest and the highest number to expect, (texts, 2); see `Model.predict_interval`."""
        found: Floats | dict[str, Floats] = self._run(self._talk.predict_interval(texts, coverage))
        return found

    def predict_set(self, texts: Sequence[str], coverage: float = 0.9) -> Sets | dict[str, Sets]:
        """The classes to expect for each text; see `Model.predict_set`."""
        found: Sets | dict[str, Sets] = self._run(self._talk.predict_set(texts, coverage))
        return found

    def explain(self, text: str, *, target: object = None) -> Explanation:
        """What each word of a text adds to the answer; see `Model.explain`."""
        found: Explanation = self._run(self._talk.explain(text, target))
        return found

    def answers(self, texts: Sequence[str]) -> list[dict[str, Any]]:
        """The answers as the server gives them: ``prediction``, ``probabilities`` and more."""
        found: list[dict[str, Any]] = self._run(self._talk.answers(texts))
        return found

    def _run(self, steps: Steps) -> Any:
        try:
            step = next(steps)
            while True:
                step = steps.send(self._do(step))
        except StopIteration as end:
            return end.value

    def _do(self, step: Ask | Pause) -> Reply:
        if isinstance(step, Pause):
            time.sleep(step.seconds)
            return Reply(0, b"")
        try:
            return _reply(self._http.request(_method(step), step.path, content=step.body))
        except httpx.TransportError as error:
            return _nothing(error)


class AsyncClient(_Base):
    """As `Client`, for asyncio: its methods are to be awaited, and many can run at once."""

    def __init__(
        self,
        address: str,
        *,
        token: str | None = None,
        model: str | None = None,
        timeout: float = SECONDS,
        retries: Retries | None = None,
    ) -> None:
        super().__init__(address, token=token, model=model, timeout=timeout, retries=retries)
        self._http = httpx.AsyncClient(**self._settings)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End the connections."""
        await self._http.aclose()

    async def classes(self) -> NDArray[Any] | dict[str, NDArray[Any]]:
        """As `Client.classes_`."""
        found: NDArray[Any] | dict[str, NDArray[Any]] = await self._run(self._talk.classes())
        return found

    async def models(self) -> list[dict[str, Any]]:
        """As `Client.models`."""
        found: list[dict[str, Any]] = await self._run(self._talk.models())
        return found

    async def predict(self, texts: Sequence[str], abstain_below: float | None = None) -> NDArray[Any]:
        """As `Client.predict`."""
        found: NDArray[Any] = await self._run(self._talk.predict(texts, abstain_below))
        return found

    async def predict_proba(self, texts: Sequence[str]) -> Floats | dict[str, Floats]:
        """As `Client.predict_proba`."""
        found: Floats | dict[str, Floats] = await self._run(self._talk.predict_proba(texts))
        return found

    async def predict_interval(self, texts: Sequence[str], coverage: float = 0.9) -> Floats | dict[str, Floats]:
        """As `Client.predict_interval`."""
        found: Floats | dict[str, Floats] = await self._run(self._talk.predict_interval(texts, coverage))
        return found

    async def predict_set(self, texts: Sequence[str], coverage: float = 0.9) -> Sets | dict[str, Sets]:
        """As `Client.predict_set`."""
        found: Sets | dict[str, Sets] = await self._run(self._talk.predict_set(texts, coverage))
        return found

    async def explain(self, text: str, *, target: object = None) -> Explanation:
        """As `Client.explain`."""
        found: Explanation = await self._run(self._talk.explain(text, target))
        return found

    async def answers(self, texts: Sequence[str]) -> list[dict[str, Any]]:
        """As `Client.answers`."""
        found: list[dict[str, Any]] = await self._run(self._talk.answers(texts))
        return found

    async def _run(self, steps: Steps) -> Any:
        try:
            step = next(steps)
            while True:
                step = steps.send(await self._do(step))
        except StopIteration as end:
            return end.value

    async def _do(self, step: Ask | Pause) -> Reply:
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
            return Reply(0, b"")
        try:
            return _reply(await self._http.request(_method(step), step.path, content=step.body))
        except httpx.TransportError as error:
            return _nothing(error)


def _method(ask: Ask) -> str:
    return "GET" if ask.body is None else "POST"


def _reply(response: httpx.Response) -> Reply:
    headers: Mapping[str, str] = response.headers
    return Reply(response.status_code, response.content, headers.get("retry-after"))


def _nothing(error: httpx.TransportError) -> Reply:
    return Reply(0, (str(error) or type(error).__name__).encode())
