"""Where parts and results are: by the name that a user gave."""

from __future__ import annotations

import glob
import re
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from reread.data.parts.base import Parts, Results
from reread.data.parts.local import LocalParts, LocalResults
from reread.data.parts.remote import RemoteParts, RemoteResults
from reread.files import is_model_folder

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def _on_this_machine(name: str) -> str:
    """An address of a local file as its path, so that one place has one name; others as they are."""
    return url2pathname(urlsplit(name).path) if name.startswith("file://") else name


def has_parts(data: str) -> bool:
    """Whether a name may be that of several files: an address, a folder of no model, a pattern that is no file."""
    if ADDRESS.match(data):
        return True
    if Path(data).exists():
        return Path(data).is_dir() and not is_model_folder(Path(data))
    return glob.has_magic(data)


def parts_of(data: str, out: str) -> Parts:
    """The files that a folder, a pattern or an address names.

    Args:
        data: the name.
        out: where results go: what lies below is none of the parts.

    Raises:
        DataError: there are none.
        MissingExtraError: an address needs a library that is not installed.
    """
    data, out = _on_this_machine(data), _on_this_machine(out)
    if ADDRESS.match(data):
        return RemoteParts(data, out)
    return LocalParts(data, out)


def results_in(out: str) -> Results:
    """The folder of results with this name.

    Raises:
        ConfigError: it lies inside a model folder, or is a file.
        DataError: no folder can be made there.
        MissingExtraError: an address needs a library that is not installed.
    """
    out = _on_this_machine(out)
    if ADDRESS.match(out):
        return RemoteResults(out)
    return LocalResults(out)
