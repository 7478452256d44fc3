"""The command line: one file a command under `commands/`; the only place that prints."""

from __future__ import annotations

import os
import sys

from reread.apps.cli.exit_codes import INTERRUPTED


class _Interrupt:
    """The handler of Ctrl-C: it interrupts, and remembers that it did."""

    happened = False

    def __call__(self, *_: object) -> None:
        self.happened = True
        raise KeyboardInterrupt


def open_streams() -> None:
    """Open closed streams (`>&-`) on the null device, so that no file opened later takes their numbers."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115  # without pathlib


def main() -> None:
    """Run the command line and exit with its code; Ctrl-C prints one line, even while modules are imported."""
    interrupt = _Interrupt()
    try:
        import signal  # noqa: PLC0415  # not above `try`, where nobody catches Ctrl-C

        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored, as under nohup
            signal.signal(signal.SIGINT, interrupt)
        open_streams()
        from reread.apps.cli.run import run  # noqa: PLC0415  # `import reread.apps.cli` stays free of click
        from reread.machine import wait_without_spinning  # noqa: PLC0415

        wait_without_spinning()

        # An import can swallow an exception raised within it, so the interrupt is looked up too.
        code = _interrupted() if interrupt.happened else run(sys.argv[1:])
        if signal.getsignal(signal.SIGINT) is interrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # nothing is left to interrupt
    except (KeyboardInterrupt, ImportError) as error:  # C extensions turn an interrupt into a failed import
        if not (interrupt.happened or isinstance(error, KeyboardInterrupt)):
            raise
        code = _interrupted()
    sys.exit(code)


def _interrupted() -> int:
    """Print that the command was interrupted; the exit code."""
    print("reread: interrupted", file=sys.stderr)
    return INTERRUPTED
