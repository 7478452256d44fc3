"""A Ray cluster and tasks on it: the only place that imports Ray."""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Self

from reread.errors import ConfigError, MissingExtraError, RereadError

AUTO = "auto"
RETRIES = 3  # of a task whose process or machine is lost
CONNECT_SECONDS = 10.0
SETTINGS = {
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".",  # Ray prints its own words on lost machines to standard output
    "RAY_NUM_REDIS_GET_RETRIES": "1",  # attempts to connect, of 40 seconds each
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # tasks that ask for no GPU: as Ray does from its next version on
}
"""Of Ray's environment, where the user sets nothing else; read when it is imported."""


def ray_() -> Any:
    """Ray, imported when it is first needed.

    Raises:
        MissingExtraError: it is not installed.
    """
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    try:
        import ray  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtraError("work on a Ray cluster", "ray") from error
    return ray


class Cluster:
    """A connection to a Ray cluster; a context manager. The machine that asks is one of the cluster's.

    Args:
        address: HOST:PORT of its head; ``auto``: the cluster that this machine belongs to.

    Raises:
        ConfigError: no cluster is there.
        MissingExtraError: Ray is not installed.
    """

    def __init__(self, address: str) -> None:
        self._ray = ray_()
        self._ours = not self._ray.is_initialized()
        if self._ours:
            _connect(self._ray, address)
        self.here: str = self._ray.get_runtime_context().get_node_id()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._ours:
            self._ray.shutdown()

    @property
    def cores(self) -> int:
        """Of all machines that are there now."""
        return int(sum(node["Resources"].get("CPU", 0) for node in self._alive()))

    @property
    def cores_here(self) -> int:
        """Of this machine."""
        return int(sum(node["Resources"].get("CPU", 0) for node in self._alive() if node["NodeID"] == self.here))

    @property
    def most_cores(self) -> int:
        """Of the largest machine that is there now."""
        return int(max((node["Resources"].get("CPU", 0) for node in self._alive()), default=0))

    def names(self) -> dict[str, str]:
        """The name of each machine by its id, those that are lost too: its address, told apart by the id if needed."""
        named = {node["NodeID"]: str(node.get("NodeName") or node["NodeManagerAddress"]) for node in self._ray.nodes()}
        count = Counter(named.values())
        return {each: name if count[name] == 1 else f"{name}/{each[:6]}" for each, name in named.items()}

    def put(self, value: Any) -> Any:
        """A value that many tasks are given, which travels to a machine once."""
        return self._ray.put(value)

    def start(self, function: Callable[..., Any], *arguments: Any, cores: int = 1) -> Any:
        """Begin a task; if its process or machine is lost, it begins again elsewhere.

        Args:
            function: importable by its name on every machine.
            arguments: what it is given.
            cores: that it takes of a machine.
        """
        remote = self._ray.remote(function).options(
            num_cpus=cores, max_retries=RETRIES, retry_exceptions=False, scheduling_strategy="SPREAD"
        )
        return remote.remote(*arguments)

    def ended(self, tasks: Sequence[Any], seconds: float) -> list[Any]:
        """The tasks that have ended, after the first of them or so many seconds."""
        if not self._ray.wait(tasks, timeout=seconds)[0]:
            return []
        return self.all_ended(tasks, 0)

    def all_ended(self, tasks: Sequence[Any], seconds: float) -> list[Any]:
        """The tasks that have ended, when all have or after so many seconds."""
        done: list[Any] = self._ray.wait(tasks, num_returns=len(tasks), timeout=seconds)[0]
        return done

    def result(self, task: Any) -> Any:
        """What a task returned.

        Raises:
            RereadError: it was lost too often.
            Exception: it raised it.
        """
        errors = self._ray.exceptions
        try:
            return self._ray.get(task)
        except errors.RayTaskError:
            raise
        except errors.RayError as error:
            reason = str(error).strip().splitlines() or [type(error).__name__]
            lost = f"lost {RETRIES + 1} times with the process or the machine that did it"
            raise RereadError(f"{lost}; is the memory full? ({reason[0]})") from error

    def stop(self, tasks: Sequence[Any]) -> None:
        """End tasks, wherever they are."""
        for task in tasks:
            self._ray.cancel(task, force=True)

    def mailbox(self) -> Any:
        """A place for messages of tasks, on this machine."""
        strategy = self._ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(self.here, soft=False)
        return self._ray.remote(Mailbox).options(num_cpus=0, scheduling_strategy=strategy).remote()

    def letters(self, mailbox: Any) -> list[Any]:
        """The messages that have come since the last call."""
        letters: list[Any] = self._ray.get(mailbox.take.remote())
        return letters

    def _alive(self) -> list[Any]:
        return [node for node in self._ray.nodes() if node["Alive"]]


class Mailbox:
    """Keeps messages until they are taken; an actor of Ray."""

    def __init__(self) -> None:
        self._letters: list[Any] = []

    def put(self, letter: Any) -> None:
        """Keep a message."""
        self._letters.append(letter)

    def take(self) -> list[Any]:
        """All messages, which are kept no longer."""
        letters, self._letters = self._letters, []
        return letters


def machine_of_task() -> str:
    """The id of the machine on which a task runs."""
    node: str = ray_().get_runtime_context().get_node_id()
    return node


def _connect(ray: Any, address: str) -> None:
    where = os.environ.get("RAY_ADDRESS", AUTO) if address == AUTO else address
    if where != AUTO:
        _check_reachable(where, "" if where == address else ", which the variable RAY_ADDRESS names")
    try:
        ray.init(address=where, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split()).partition(". ")[0]
        token = ", or set RAY_AUTH_MODE=token if it asks for one" if where != AUTO else ""
        raise ConfigError(
            f'ray = "{address}": no cluster can be joined ({reason}); begin one with ray start, or name another{token}'
        ) from error


def _check_reachable(address: str, named: str) -> None:
    """Ask whether anyone listens, which Ray itself would try for minutes."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or "/" in host:
        raise ConfigError(f'ray = "{address}"{named}: expected auto or HOST:PORT, as in 10.0.0.7:6379')
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise ConfigError(
            f'ray = "{address}": nobody answers there{named} ({error}); begin a cluster with ray start, or name another'
        ) from error
