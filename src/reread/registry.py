"""A name in a configuration → the class that does it.

A package of components declares one registry; every module in it registers what it defines. Adding a
component is adding a file: the registry imports the package's modules when a name is first asked for, and the modules
of plugins when it is none of theirs.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator
from threading import RLock
from typing import Generic, TypeVar

from reread.errors import ConfigError
from reread.plugins import is_loading, load_plugins, note_part

T = TypeVar("T")
C = TypeVar("C")


def unknown_name(kind: str, name: object, known: list[str], place: str = "") -> ConfigError:
    """The error for a name that does not exist in a place ("in FILE"), with the nearest one that does."""
    close = difflib.get_close_matches(str(name), known, n=1)
    hint = f'Did you mean "{close[0]}"? ' if close else ""
    where = f" {place}" if place else ""
    return ConfigError(f'unknown {kind} "{name}"{where}. {hint}Known: {", ".join(known)}')


class Registry(Generic[T]):
    """Named components of one kind, from the modules of one package."""

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self._package = package
        self._entries: dict[str, T] = {}
        self._discovered = self._is_importing = False
        self._discovering = RLock()  # a module of the package may use another of its components

    def register(self, name: str) -> Callable[[C], C]:
        """Decorate a class so that configurations can name it."""

        def add(component: C) -> C:
            of_plugin = is_loading() and not getattr(component, "__module__", "").startswith("reread.")
            if of_plugin:
                self._discover()  # the names of reread's own parts are taken
            if name in self._entries:
                raise ConfigError(f'{self.kind} "{name}" is registered twice')
            self._entries[name] = component  # type: ignore[assignment]  # a decorator must return C, which is a T
            if of_plugin:
                note_part(name)
            return component

        return add

    def get(self, name: str) -> T:
        """The component called ``name``.

        Raises:
            ConfigError: there is no such name; the message suggests the nearest one.
        """
        self._discover()
        if name not in self._entries:
            load_plugins()
        if name not in self._entries:
            raise unknown_name(self.kind, name, self.names())
        return self._entries[name]

    def names(self) -> list[str]:
        """All registered names, sorted; of plugins, once one was asked for."""
        self._discover()
        return sorted(self._entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def _discover(self) -> None:
        """Import the package's modules, once.

        Other threads wait until all are imported. If a module fails, nothing of it stays; the next call tries again.
        """
        if self._discovered:
            return
        with self._discovering:
            if self._discovered or self._is_importing:
                return
            self._is_importing = True
            try:
                package = importlib.import_module(self._package)
                for module in pkgutil.iter_modules(package.__path__, f"{self._package}."):
                    importlib.import_module(module.name)
                self._discovered = True
            except BaseException:
                self._forget_half_imported()
                raise
            finally:
                self._is_importing = False

    def _forget_half_imported(self) -> None:
        """Drop what a module registered before its import failed: it will register it again."""
        for name, component in list(self._entries.items()):
            if getattr(component, "__module__", self._package) not in sys.modules:
                del self._entries[name]
