"""Where commands write: checked before any work, so that no input is overwritten and no work is lost."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import click

from reread.apps.cli.config_file import CONFIG
from reread.data.write import output
from reread.errors import ConfigError
from reread.files import check_new_folder, check_output, refuse_model_folder


def check_place(path: str | Path, inputs: Iterable[str | Path | None], what: str) -> None:
    """Refuse a place where no file can be written, and an input file: one of ``inputs``, or the ``--config``.

    Raises:
        ConfigError: it is an input file, or inside a model folder.
        DataError: no file can be made there.
    """
    config = click.get_current_context().meta.get(CONFIG)
    check_output(path, [place for place in (*inputs, config) if place is not None], what)


def check_rejects(
    rejects: str | Path, inputs: Iterable[str | Path | None], output: str | Path | None = None, what: str = ""
) -> None:
    """Refuse a place of the rejects file as `check_place` does, and the place of the command's other output.

    Raises:
        ConfigError: it is an input file, the other output, or inside a model folder.
        DataError: no file can be made there.
    """
    check_place(rejects, inputs, "the rejects file")
    if output is not None and os.path.realpath(output) == os.path.realpath(rejects):
        raise ConfigError(f"{rejects}: cannot be both the rejects file and {what}; name another file with --rejects")


def check_folder(folder: Path, inputs: Iterable[str | Path]) -> None:
    """Refuse a place where no model folder can be made, or one that holds an input: it would be replaced.

    Raises:
        ConfigError: the folder holds an input, or lies inside a model folder.
        DataError: no folder can be made there.
    """
    refuse_model_folder(folder)
    place = Path(os.path.realpath(folder))
    for path in inputs:
        read = Path(os.path.realpath(path))
        if read == place and read.is_dir():
            raise ConfigError(f"{path} is read, so it cannot be replaced; choose another folder with -o")
        if Path(path).exists() and place in read.parents:
            raise ConfigError(f"{path}: is an input file, so its folder {folder} cannot be replaced")
    check_new_folder(folder)


def beside(model: Path) -> Path:
    """A model folder's path that ends with its name, for files named after it."""
    if model.name not in {"", ".."}:
        return model
    return Path(os.path.abspath(model))  # noqa: PTH100  # a link stays a link


def write_page(page: str, path: str | Path) -> None:
    """Write a page as a whole or not at all; half of a surrogate pair, which UTF-8 cannot hold, becomes its escape.

    Raises:
        DataError: there can be no such file.
        OSError: the disk is full.
    """
    with output(str(path)) as stream:
        stream.write(page.encode("utf-8", "backslashreplace"))
