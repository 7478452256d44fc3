"""Where `reread tune` writes, checked before anything is read."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

from reread import bundle
from reread.apps.cli.arguments.tune import TuneArguments
from reread.apps.cli.places import beside, check_folder
from reread.apps.cli.report_places import refuse_slices
from reread.apps.cli.training_places import inputs_of
from reread.errors import ConfigError
from reread.lab.tune.study import holds_study
from reread.locks import lock


class StudyPlaces:
    """The places of a search: the model folder ``out``, and beside it the study's ``folder``."""

    def __init__(self, out: Path) -> None:
        named = beside(out)
        self.out, self.folder = out, named.with_name(f"{named.name}.study")
        self.best, self.page, self.final = (self.folder / name for name in ("best.toml", "tuning.html", "final"))

    @property
    def repeat(self) -> str:
        """The command that trains the best settings again."""
        return f"{shlex.join(['reread', 'train', '--config', str(self.best), '-o'])} FOLDER"

    def remove(self) -> None:
        """Forget the study, unless another command works on it.

        Raises:
            ConfigError: one does.
        """
        with lock(self.folder / "locks", "leader") as free:
            if not free:
                raise ConfigError(
                    f"another command searches in {self.folder}; end it before you start afresh with --overwrite"
                )
        shutil.rmtree(self.folder)


def check_study(places: StudyPlaces, arguments: TuneArguments) -> None:
    """Refuse folders that cannot be written, and a study against the options; --overwrite alone removes it.

    Raises:
        ConfigError: the model folder exists or holds an input, or the study's folder is not as the options have it.
        DataError: no folder can be made there.
    """
    if arguments.no_report:
        refuse_slices(arguments.slices)
    bundle.refuse_existing(places.out, overwrite=arguments.overwrite)
    for folder in (places.out, places.folder):
        check_folder(folder, inputs_of(arguments))
    there = holds_study(places.folder)
    if places.folder.exists() and not there and (not places.folder.is_dir() or any(places.folder.iterdir())):
        raise ConfigError(f"{places.folder} is there and holds no study; move it elsewhere, or choose another folder")
    if arguments.resume and not there:
        raise ConfigError(f"{places.folder} holds no study; start one without --resume")
    if there and not (arguments.resume or arguments.overwrite):
        raise ConfigError(
            f"{places.folder} holds a study that was interrupted, has ended or still runs; join it or continue it "
            "with --resume, or start afresh with --overwrite"
        )
    if there and not arguments.resume:
        places.remove()
