"""`reread settings`."""

from __future__ import annotations

from dataclasses import dataclass

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.shared import CommonArguments


@dataclass(frozen=True, kw_only=True)
class SettingsArguments(CommonArguments):
    """What `reread settings` takes."""

    word: str | None


@sections.command("settings")
@click.argument("word", required=False)
@options.common
@options.takes(SettingsArguments)
def command(arguments: SettingsArguments) -> None:
    """List what --set takes: every setting, the values it may have, and its default; with a WORD those that hold it.

    A recipe may have another default: reread recipes NAME.

    \b
    Example:
      reread settings dropout
    """
    from reread.apps.cli.console import print_json, results, rows_table  # noqa: PLC0415
    from reread.errors import ConfigError  # noqa: PLC0415
    from reread.recipes.settings import recipe_settings, settings_of  # noqa: PLC0415
    from reread.text.encoder import TextSettings  # noqa: PLC0415

    word = (arguments.word or "").casefold()
    settings = [*settings_of("text", TextSettings), *recipe_settings()]
    found = [setting for setting in settings if word in setting.name or word in setting.about.casefold()]
    if not found:
        raise ConfigError(f'no setting holds "{arguments.word}"; reread settings lists all')
    if arguments.as_json:
        print_json([setting._asdict() for setting in found])
        return
    results.print(rows_table(("setting", "takes", "default", "what it is"), found))
