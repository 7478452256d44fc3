"""Parts from other packages: the modules that the entry points ``reread.plugins`` of installed packages name.

They are imported when a name is asked for that reread itself does not have, and never because a model folder says so.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from threading import RLock
from typing import NamedTuple

GROUP = "reread.plugins"
_LOGGER = logging.getLogger(__name__)


class Package(NamedTuple):
    """An installed distribution."""

    name: str
    version: str


_parts: dict[str, Package] = {}
_loading: list[Package] = []  # the one whose module is being imported
_lock = RLock()
_state = {"loaded": False}


def load_plugins() -> None:
    """Import the modules of all plugins, once; one that cannot be imported costs a line in the log, no more."""
    with _lock:
        if _state["loaded"]:
            return
        _state["loaded"] = True
        from importlib.metadata import entry_points  # noqa: PLC0415  # slow to load, and rarely needed

        for point in sorted(entry_points(group=GROUP), key=lambda each: each.name):
            package = Package(point.dist.name, point.dist.version) if point.dist else Package(point.value, "")
            with _from(package):
                try:
                    point.load()
                except Exception as error:  # noqa: BLE001  # whatever another's module does when it is imported
                    reason = str(error).partition("\n")[0]
                    _LOGGER.warning("the plugin %s %s cannot be used: %s", *package, reason or type(error).__name__)


@contextmanager
def _from(package: Package) -> Iterator[None]:
    _loading.append(package)
    try:
        yield
    finally:
        _loading.pop()


def note_part(name: str) -> None:
    """Remember that a part comes from the plugin that is being imported."""
    _parts[name] = _loading[-1]


def is_loading() -> bool:
    """Whether a plugin is being imported now."""
    return bool(_loading)


def needed_by(names: Iterable[str]) -> dict[str, str]:
    """The packages, with their versions, that parts with these names come from."""
    return dict(sorted({_parts[name] for name in names if name in _parts}))


def missing(packages: Mapping[str, str]) -> list[str]:
    """Those of some packages that are not installed, as "NAME VERSION"."""
    from importlib import metadata  # noqa: PLC0415  # slow to load, and rarely needed

    absent = []
    for name, version in packages.items():
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            absent.append(f"{name} {version}".strip())
    return absent
