"""Arguments in, exit code out: every error is one clear line."""

from __future__ import annotations

import errno
import importlib
import logging
import pkgutil
import sys
from collections.abc import Sequence

import click

from reread import __version__
from reread.apps.cli import commands
from reread.errors import ConfigError, DataError, MissingExtraError, NotABundleError, RereadError
from reread.registry import unknown_name
from reread.typing import override

USAGE = 2
FAILED = 1
INTERRUPTED = 130
USAGE_ERRORS = (ConfigError, DataError, MissingExtraError, NotABundleError)


class Commands(click.Group):
    """Imports a command's module when the command is called or its help is shown."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(module.name for module in pkgutil.iter_modules(commands.__path__))

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            raise unknown_name("command", cmd_name, self.list_commands(ctx))
        command: click.Command = importlib.import_module(f"{commands.__name__}.{cmd_name}").command
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="reread")
def reread() -> None:
    """Train, explain and serve text classifiers and regressors that read every text twice.

    \b
    Example:
      reread train reviews.csv -o reviews.reread
      reread predict reviews.reread new.csv -o answers.csv
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command; the exit code of PRODUCT.md: 0 done, 1 went wrong, 2 bad usage or data, 130 interrupted."""
    logging.basicConfig(level=logging.WARNING, format="reread: %(message)s", stream=sys.stderr)
    try:
        code = reread.main(list(arguments), prog_name="reread", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        return USAGE
    except click.ClickException as error:
        return _fail(_one_line(error.format_message()), USAGE)
    except USAGE_ERRORS as error:
        return _fail(str(error), USAGE)
    except RereadError as error:
        return _fail(str(error), FAILED)
    except (KeyboardInterrupt, click.Abort):
        return _fail("interrupted", INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone, as with `| head`: nothing more can be said
        return FAILED
    except OSError as error:
        return _fail(_file_error(error), USAGE if isinstance(error, FileNotFoundError) else FAILED)
    return code if isinstance(code, int) else 0


def _fail(message: str, code: int) -> int:
    print(f"reread: {message}", file=sys.stderr)
    return code


def _one_line(message: str) -> str:
    return " ".join(message.split())


def _file_error(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    hint = "; free some space and run the command again" if error.errno == errno.ENOSPC else ""
    return f"{place}{error.strerror or error}{hint}"
