"""What `reread serve` does."""

from __future__ import annotations

import signal
import socket

from reread.apps.cli.arguments.serve import ServeArguments
from reread.apps.cli.console import print_json, results
from reread.apps.cli.exit_codes import INTERRUPTED
from reread.apps.cli.opening import chosen_answer, open_model
from reread.errors import ConfigError, MissingExtraError
from reread.model.load import model_of

MILLISECONDS = 1000


def serve(arguments: ServeArguments) -> int:
    """Run `reread serve`; the exit code."""
    try:
        from reread.apps.serve.app import Service  # noqa: PLC0415  # an extra
        from reread.apps.serve.served import SUFFIX, Served, by_name  # noqa: PLC0415
        from reread.web.address import listen, read_tokens, url_of  # noqa: PLC0415
        from reread.web.guard import Guard  # noqa: PLC0415
        from reread.web.origins import origin_of  # noqa: PLC0415
        from reread.web.server import Server  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("answering over HTTP", "serve") from error

    def opened() -> list[Served]:
        found = []
        for each in arguments.each():
            bundle = open_model(each)
            part = chosen_answer(arguments, bundle)
            name = each.model.absolute().name.removesuffix(SUFFIX)
            answers, column = part or bundle.config.answers, bundle.config.text_column
            found.append(Served(name, each.model, model_of(bundle, part), answers, column))
        return found

    def ready() -> None:
        url = url_of(listening)
        if arguments.as_json:
            print_json({"address": url, "models": list(service.models)})
        else:
            results.print(f"{', '.join(service.models)} answers at {url}")
        results.file.flush()

    tokens, origins = read_tokens(arguments.token_file), [origin_of(each) for each in arguments.cors]
    with listen(arguments.host, arguments.port) as listening:
        hosts = _hosts(arguments, listening, tokens)
        service = Service(
            by_name(opened()),
            most_wait=arguments.max_wait / MILLISECONDS,
            most_seconds=arguments.max_time,
            rate=arguments.rate,
        )
        service.warm()
        guard = Guard(service.app(), hosts=hosts, tokens=tokens, origins=origins)
        server = Server(guard, listening, ready=ready, leaving=service.leave)
        server.answer()
    return INTERRUPTED if server.stopped_by == signal.SIGINT else 0


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
