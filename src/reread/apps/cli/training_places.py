"""Where `reread train` reads and writes, checked before anything is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reread import bundle
from reread.apps.cli.arguments.train import TrainArguments
from reread.apps.cli.places import check_folder
from reread.apps.cli.report_places import refuse_slices
from reread.data.compression import split_suffixes
from reread.errors import ConfigError, DataError
from reread.pipeline.partial import PartialRun


def out_folder(out: Path | None, data: Sequence[str], suffix: str = ".reread") -> Path:
    """The folder that ``-o`` names, or the first data file's stem + a suffix beside it.

    Raises:
        ConfigError: a name that no folder can have, or standard input, which has no name to take.
        DataError: the data is a folder.
    """
    if out is not None:
        if not out.name:
            raise ConfigError(f"-o {out}: expected a folder's name, such as spam{suffix}")
        return out
    if data[0] == "-":
        raise ConfigError("standard input has no name: name the model folder with -o FOLDER")
    first = Path(data[0])
    if not first.name or first.is_dir():
        raise DataError(f'"{data[0]}" is not a file; name a file of texts with their labels')
    name = first.name[: len(first.name) - len(split_suffixes(first.name)[1])]
    return first.with_name(Path(name).stem + suffix)


def inputs_of(arguments: TrainArguments) -> list[str | Path]:
    """The files that the options name for reading."""
    named = (arguments.vectors, arguments.pretrained, arguments.dictionary, arguments.recipe, arguments.setting)
    return [*arguments.data, *arguments.unlabelled, *arguments.test, *(path for path in named if path is not None)]


def check_places(out: Path, partial: PartialRun, arguments: TrainArguments) -> None:
    """Refuse a folder that cannot be written or resumed, before anything is read.

    Raises:
        ConfigError: another training writes the folder, it exists, holds an input, or holds an interrupted run against
            the options.
    """
    if arguments.no_report:
        refuse_slices(arguments.slices)
    check_unfinished(out, partial, resume=arguments.resume)
    bundle.refuse_existing(out, overwrite=arguments.overwrite)
    check_run(out, partial, inputs_of(arguments), resume=arguments.resume, overwrite=arguments.overwrite)


def check_unfinished(out: Path, partial: PartialRun, *, resume: bool) -> None:
    """Refuse to resume a run that has ended.

    Raises:
        ConfigError: its folder is there, and no interrupted run.
    """
    if resume and out.exists() and not partial.folder.exists():
        raise ConfigError(f"{out} is finished: there is nothing to resume")


def check_run(out: Path, partial: PartialRun, inputs: Sequence[str | Path], *, resume: bool, overwrite: bool) -> None:
    """Refuse a folder that another run writes, that cannot be made, or whose interrupted run is not accounted for.

    Raises:
        ConfigError: one of these, or the folder holds an input.
        DataError: no folder can be made there.
    """
    partial.check_free()
    check_folder(out, inputs)
    if resume and not partial.exists():
        raise ConfigError(f"{partial.folder} holds no interrupted run; start one without --resume")
    if partial.exists() and not (resume or overwrite):
        raise ConfigError(
            f"{partial.folder} holds a run that was interrupted; continue with --resume, or start afresh with "
            "--overwrite"
        )
