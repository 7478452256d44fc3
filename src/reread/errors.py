"""Every error that reread raises on purpose.

RereadError
├── ConfigError (ValueError)         an option, a recipe or a name that cannot be used
├── DataError (ValueError)           rows, columns or files that cannot be read as asked
├── BundleError                      a model folder that is incomplete, changed or too new
│   ├── NotABundleError              a path that holds no model folder at all
│   └── MissingPluginError           a model folder with parts of packages that are not installed
├── TrainingError                    a run that cannot continue (for example a loss that is not finite)
├── ExportError                      an export that failed, or answers differently from its original
└── MissingExtraError (ImportError)  an optional dependency that is not installed

A message is one line: what is wrong, the value, and what would be right.
"""

from __future__ import annotations

from reread.typing import override


class RereadError(Exception):
    """The base of every error that reread raises on purpose."""


class ConfigError(RereadError, ValueError):
    """An option, a recipe or a name that cannot be used."""


class DataError(RereadError, ValueError):
    """Rows, columns or files that cannot be read as asked."""


class BundleError(RereadError):
    """A model folder that is incomplete, changed or written by a newer version."""


class NotABundleError(BundleError):
    """A path that holds no model folder at all."""


class MissingPluginError(BundleError):
    """A model folder with parts of packages that are not installed."""


class TrainingError(RereadError):
    """A training run that cannot continue."""


class ExportError(RereadError):
    """An export that failed, or answers differently from its original."""


class MissingExtraError(RereadError, ImportError):
    """An optional dependency that is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f'{what} needs an extra: pip install "reread[{extra}]"')
        self.extra = extra

    @override
    def __reduce__(self) -> tuple[type[ImportError], tuple[str]]:
        return ImportError, (str(self),)
