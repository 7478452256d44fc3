"""Arguments in, exit code out: every error is one clear line."""

from __future__ import annotations

import difflib
import errno
import importlib
import pkgutil
import time
from collections.abc import Sequence
from contextlib import suppress

import click

from reread.apps.cli import commands
from reread.apps.cli.exit_codes import FAILED, INTERRUPTED, USAGE
from reread.apps.cli.former import successor
from reread.apps.cli.invocation import Invocation
from reread.apps.cli.sections import COMMANDS
from reread.apps.cli.spoken import as_options
from reread.apps.cli.streams import flush_results, say, start_log
from reread.errors import ConfigError, DataError, MissingExtraError, MissingPluginError, NotABundleError, RereadError
from reread.plugins import load_plugins
from reread.registry import unknown_name
from reread.typing import override
from reread.version import __version__

NO_PLACE = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EACCES, errno.EPERM, errno.EROFS}
FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
USAGE_ERRORS = (click.ClickException, ConfigError, DataError, MissingExtraError, MissingPluginError, NotABundleError)


class Commands(click.Group):
    """Imports a command's module when the command is called or its help is shown."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        load_plugins()
        return sorted({*self._own(), *commands.added})

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._own():
            if cmd_name not in self.list_commands(ctx):
                raise unknown_name("command", cmd_name, self.list_commands(ctx))
            return commands.added[cmd_name]
        command: click.Command = importlib.import_module(f"{commands.__name__}.{cmd_name}").command
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        load_plugins()
        of_plugins = {name: command.get_short_help_str() for name, command in sorted(commands.added.items())}
        for title, members in {**COMMANDS, "Of plugins": of_plugins}.items():
            if members:
                with formatter.section(title):
                    formatter.write_dl(list(members.items()))

    @staticmethod
    def _own() -> list[str]:
        return [module.name for module in pkgutil.iter_modules(commands.__path__)]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="reread")
def reread() -> None:
    """Train, explain and serve text classifiers and regressors, on an ordinary computer.

    \b
    Example:
      reread train examples/sms_spam/sms_spam.csv.gz -o spam.reread
      reread predict spam.reread examples/sms_spam/sms_spam.csv.gz -o answers.csv
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code: 0 done, 1 went wrong, 2 bad usage or data, 3 drifted, 130 interrupted."""
    started = time.monotonic()  # --minutes bounds the whole command
    start_log()
    try:
        code = reread.main(
            list(arguments), prog_name="reread", standalone_mode=False, obj=Invocation(started, tuple(arguments))
        )
        flush_results()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help(), err=True)
        return USAGE
    except (click.ClickException, click.Abort, RereadError, OSError, KeyboardInterrupt) as error:
        if not isinstance(error, BrokenPipeError):  # the reader has closed the pipe, as with `| head`: no message
            say(f"reread: {_words(error)}")
        with suppress(OSError):
            flush_results()
        return _exit_code(error)
    return code if isinstance(code, int) else 0


def _exit_code(error: BaseException) -> int:
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return INTERRUPTED
    no_place = isinstance(error, OSError) and error.errno in NO_PLACE
    return USAGE if no_place or isinstance(error, USAGE_ERRORS) else FAILED


def _words(error: BaseException) -> str:
    if isinstance(error, click.ClickException):
        return _usage_error(error)
    if isinstance(error, OSError) and not isinstance(error, RereadError):
        return _file_error(error)
    if isinstance(error, KeyboardInterrupt | click.Abort):
        first = error.__cause__ if isinstance(error, click.Abort) else error  # click turns the one into the other
        return "; ".join(["interrupted", *map(str, first.args if first else ())])
    return as_options(str(error))


def _usage_error(error: click.ClickException) -> str:
    """Click's message, with a pointer to the help if it does not suggest a fix."""
    message = " ".join(error.format_message().split())
    help_of = f"; see {error.ctx.command_path} --help" if isinstance(error, click.UsageError) and error.ctx else ""
    if isinstance(error, click.NoSuchOption):
        instead = successor(error.ctx.info_name if error.ctx else None, error.option_name)
        if instead:
            return f'the option "{error.option_name}" is gone; pass {instead}'
        close = difflib.get_close_matches(error.option_name, error.possibilities or (), n=1)
        hint = f'. Did you mean "{close[0]}"?' if close else help_of
        return f'unknown option "{error.option_name}"{hint}'
    return message.removesuffix(".") + help_of


def _file_error(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    hint = "; free some space and run the command again" if error.errno in FULL else ""
    return f"{place}{error.strerror or error}{hint}"
