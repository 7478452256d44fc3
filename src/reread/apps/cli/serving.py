"""What `reread serve` does."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

from reread.apps.cli.arguments.serve import ServeArguments
from reread.apps.cli.console import print_json, results
from reread.apps.cli.exit_codes import INTERRUPTED
from reread.errors import ConfigError, MissingExtraError
from reread.machine import available_cores


def serve(arguments: ServeArguments) -> int:
    """Run `reread serve`; the exit code."""
    try:
        from reread.apps.cli.serving_models import Asking, answer_requests, names_of  # noqa: PLC0415  # an extra
        from reread.apps.serve.metrics import forget, share_in  # noqa: PLC0415
        from reread.web.address import listen, read_tokens, url_of  # noqa: PLC0415
        from reread.web.origins import origin_of  # noqa: PLC0415
        from reread.web.workers import Workers  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("answering over HTTP", "serve") from error

    def ready() -> None:
        if arguments.as_json:
            print_json({"address": url, "models": names})
        else:
            results.print(f"{', '.join(names)} answers at {url}")
        results.file.flush()

    names = names_of(arguments)
    if arguments.workers > 1 and os.name == "nt":
        raise ConfigError(f"--workers {arguments.workers}: on Windows one process serves; leave it out")
    if arguments.work is not None and arguments.workers > 1:
        raise ConfigError(
            f"--work {arguments.work}: a server that trains and labels is one process; leave out --workers"
        )
    if arguments.training is not None and arguments.work is None:
        raise ConfigError(f"--training {arguments.training}: pass --work too")
    tokens, origins = read_tokens(arguments.token_file), [origin_of(each) for each in arguments.cors]
    with listen(arguments.host, arguments.port) as listening:
        url = url_of(listening)
        asking = Asking(_hosts(arguments, listening, tokens), tokens, origins)
        if arguments.workers == 1:
            stopped_by = answer_requests(arguments, asking, None, listening, ready)
        else:
            threads = arguments.threads or max(1, available_cores() // arguments.workers)
            each = replace(arguments, threads=threads)
            with tempfile.TemporaryDirectory(prefix="reread-serve-") as shared:
                share_in(shared)
                work = partial(answer_requests, each, asking, Path(shared))
                stopped_by = Workers(work, arguments.workers, ended=forget).run(listening, ready)
    return INTERRUPTED if stopped_by == signal.SIGINT else 0


def _hosts(arguments: ServeArguments, listening: socket.socket, tokens: list[bytes]) -> list[str] | None:
    """The names that requests may call the server by; None: any.

    Raises:
        ConfigError: other machines reach it, and there is no token.
    """
    from reread.web.address import TOKEN, is_loopback  # noqa: PLC0415  # an extra's neighbour

    if is_loopback(listening):
        return [arguments.host.lower()]
    if not tokens:
        raise ConfigError(
            f"--host {arguments.host} can be reached from other machines, and anyone there could ask: "
            f"pass --token-file FILE or set {TOKEN}"
        )
    return None
