"""The model folders that `reread serve` answers with, in one process."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from reread.apps.cli.arguments.serve import ServeArguments
from reread.apps.cli.arguments.shared import ModelArguments
from reread.apps.cli.console import errors
from reread.apps.cli.opening import chosen_answer, open_model
from reread.apps.cli.streams import start_log
from reread.apps.cli.texts import TextFiles
from reread.apps.serve.app import Service
from reread.apps.serve.checking import checked
from reread.apps.serve.inbox import Inbox
from reread.apps.serve.labelling.labellings import Labellings
from reread.apps.serve.neighbours import ExampleFile, Finder
from reread.apps.serve.replacing import Replacing, not_yet
from reread.apps.serve.served import SUFFIX, Served
from reread.apps.serve.shadow import Shadow
from reread.apps.serve.training.trainings import Trainings
from reread.apps.serve.work import Work
from reread.bundle import LINEAR, NETWORK, model_checksum
from reread.errors import ConfigError
from reread.insight.explain.neighbours import Example
from reread.model.load import model_of, models_of
from reread.monitoring.source import ModelSource
from reread.web.guard import Guard
from reread.web.server import Server

MILLISECONDS = 1000
WATCH_SECONDS = 2.0
OF_STRANGERS = ("python_multipart", "reread.data")  # loggers that warn of what is read: here of what anybody sends


class Asking(NamedTuple):
    """Who may ask.

    Attributes:
        hosts: names that requests may call the server by; None: any.
        tokens: one of which a request must have; none: everyone may ask.
        origins: of other sites whose pages may ask.
    """

    hosts: list[str] | None
    tokens: list[bytes]
    origins: list[str]


def answer_requests(
    arguments: ServeArguments,
    asking: Asking,
    shared: Path | None,
    listening: socket.socket,
    ready: Callable[[], None],
) -> int | None:
    """Answer in this process until a signal; which one.

    Args:
        arguments: the models.
        asking: who may ask.
        shared: a folder for what workers tell each other; None: this is the only process.
        listening: where requests come.
        ready: called when they are answered.
    """

    def started() -> None:
        replacing.start()
        ready()

    def leaving() -> None:
        replacing.stop()
        service.leave()

    if shared is not None:
        start_log()  # this process is a new one
    for name in OF_STRANGERS:
        logging.getLogger(name).setLevel(logging.ERROR)
    not_yet()
    sources = _sources(arguments)
    service = Service(
        {name: each.opened for name, each in sources.items()},
        most_wait=arguments.max_wait / MILLISECONDS,
        most_seconds=arguments.max_time,
        rate=arguments.rate,
    )
    service.warm()
    service.shadow = shadow = _shadow(arguments, sources, shared)
    replacing = Replacing(
        service,
        sources,
        shadow=shadow,
        changed=_keep_quiet if arguments.quiet else _say,
        watch=WATCH_SECONDS if arguments.watch else None,
    )
    _use(None if arguments.work is None else Work(arguments.work), service, arguments, replacing)
    guard = Guard(service.app(), hosts=asking.hosts, tokens=asking.tokens, origins=asking.origins)
    server = Server(guard, listening, ready=started, leaving=leaving, worker=shared is not None)
    server.answer()
    return server.stopped_by


def _use(work: Work | None, service: Service, arguments: ServeArguments, replacing: Replacing) -> None:
    """Let the page train and label in a folder, if there is one, and show training texts of the files at hand."""
    given = None if arguments.examples is None else _given(arguments, service, arguments.examples)
    service.neighbours = Finder(service.desk, partial(_file_of, work, given))
    if work is None:
        return
    inbox = Inbox(work)
    service.trainings = trainings = Trainings(
        inbox,
        models=lambda: service.models,
        opener=partial(_open_elsewhere, arguments),
        put=replacing.put,
        options=_training_options(arguments),
    )
    service.labellings = Labellings(inbox, trainings)


def names_of(arguments: ServeArguments) -> list[str]:
    """What requests call the models.

    Raises:
        ConfigError: two have the same name, or there is a shadow of several.
    """
    found: dict[str, Path] = {}
    for path in arguments.models:
        name = _name(path)
        if name in found:
            raise ConfigError(f"{found[name]} and {path} have the same name; rename one of the folders")
        found[name] = path
    if arguments.shadow is not None and len(found) > 1:
        raise ConfigError(f"--shadow {arguments.shadow} is compared with one model; serve one of {', '.join(found)}")
    if arguments.examples is not None and len(found) > 1:
        raise ConfigError(f"--examples {arguments.examples}: of one model; serve one of {', '.join(found)}")
    if arguments.shadow_texts and arguments.shadow is None:
        raise ConfigError("--shadow-texts: pass --shadow too")
    return list(found)


def _sources(arguments: ServeArguments) -> dict[str, ModelSource[Served]]:
    return {_name(each.model): _source(arguments, each) for each in arguments.each()}


def _shadow(arguments: ServeArguments, sources: dict[str, ModelSource[Served]], shared: Path | None) -> Shadow | None:
    if arguments.shadow is None:
        return None
    (first,) = sources.values()
    second = _source(arguments, replace(arguments.each()[0], model=arguments.shadow))
    return Shadow(second, first, texts=arguments.shadow_texts, shared=shared)


def _source(arguments: ServeArguments, opening: ModelArguments) -> ModelSource[Served]:
    return ModelSource(opening.model, partial(_open, arguments, opening))


def _open(arguments: ServeArguments, opening: ModelArguments) -> Served:
    bundle = open_model(opening)
    part = chosen_answer(arguments, bundle)
    model, answer = model_of(bundle, part), part or bundle.config.answers
    checksum, column = model_checksum(opening.model), bundle.config.text_column
    parts = models_of(bundle)
    members = {name: parts[name] for name in (NETWORK, LINEAR)} if LINEAR in parts else {}
    targets = tuple(target.column for target in bundle.config.targets.values())
    served = Served(_name(opening.model), opening.model, model, answer, checksum, column, members)
    return checked(replace(served, network=bundle.scorer, targets=targets))


def _open_elsewhere(arguments: ServeArguments, name: str, path: Path) -> Served:
    """A model that was trained here, by the name of one that is served."""
    return replace(_open(arguments, replace(arguments.each()[0], model=path)), name=name)


def _given(arguments: ServeArguments, service: Service, path: str) -> tuple[Path, ExampleFile]:
    """The model that was named, and the file of --examples.

    Raises:
        DataError: the file cannot be read, or has no column with texts.
    """
    (served,) = service.models.values()
    texts = TextFiles([path], text=served.text_column, strict=False, on_bad_rows="set-aside")
    data = Path(path)
    return arguments.models[0], ExampleFile(data.name, partial(_examples, data, texts, served.targets))


def _file_of(work: Work | None, given: tuple[Path, ExampleFile] | None, served: Served) -> ExampleFile | None:
    """The file that a model was trained on, if it was trained here or the file is given."""
    origin = None if work is None else work.origin(served.path)
    if work is not None and origin is not None:
        data = work.data(origin.data)
        texts = TextFiles([str(data)], text=origin.text, on_bad_rows="set-aside")
        return ExampleFile(data.name, partial(_examples, data, texts, [origin.label]))
    return given[1] if given is not None and served.path == given[0] else None


def _examples(path: Path, texts: TextFiles, targets: Sequence[str]) -> Iterator[Example]:
    """The rows of a file, whose place on the machine is nobody's business."""
    for text, cells, place in texts.rows():
        targets_here = {name: cells[name] for name in targets if name in cells}
        yield Example(text, targets_here, place.replace(str(path), path.name))


def _training_options(arguments: ServeArguments) -> list[str]:
    """The options of `reread train` that `reread serve` has, too."""
    given = {"device": arguments.device, "seed": arguments.seed, "config": arguments.training}
    return [f"--{name}={value}" for name, value in given.items() if value is not None]


def _name(path: Path) -> str:
    return path.absolute().name.removesuffix(SUFFIX)


def _keep_quiet(_: list[Served]) -> None:
    """Say nothing."""


def _say(models: list[Served]) -> None:
    for each in models:
        errors.print(f"{each.name} answers with {each.path} of {each.checksum[:12]}")
