"""The command line: one file a command under `commands/`; the only place that prints."""

from __future__ import annotations

import os
import sys

from reread.apps.cli.exit_codes import INTERRUPTED


class _Interrupt:
    """What Ctrl-C does: it interrupts, and is remembered."""

    asked = False

    def __call__(self, *_: object) -> None:
        self.asked = True
        raise KeyboardInterrupt


def open_streams() -> None:
    """Let streams that were closed (`>&-`) lead nowhere: no file that is opened later may take their numbers."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115  # without pathlib


def main() -> None:
    """Run the command line and exit with its code; Ctrl-C at any moment, while modules are imported too, is one line."""
    interrupt = _Interrupt()
    try:
        import signal  # noqa: PLC0415  # above `try` there is as little as can be: nobody catches Ctrl-C there

        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored, as under nohup
            signal.signal(signal.SIGINT, interrupt)
        # torch's threads wait for each other many times a step, by default spinning: where another program has one of the
        # cores, they hold up the very thread that they wait for, and two are slower than one. Read when torch is imported.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        open_streams()
        from reread.apps.cli.run import run  # noqa: PLC0415  # `import reread.apps.cli` stays free of click

        code = (
            _interrupted() if interrupt.asked else run(sys.argv[1:])
        )  # an import can swallow what is raised within it
        if signal.getsignal(signal.SIGINT) is interrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # nothing is left to interrupt
    except (KeyboardInterrupt, ImportError) as error:  # C extensions say of an interrupted import that it failed
        if not (interrupt.asked or isinstance(error, KeyboardInterrupt)):
            raise
        code = _interrupted()
    sys.exit(code)


def _interrupted() -> int:
    """Say it; the exit code."""
    print("reread: interrupted", file=sys.stderr)
    return INTERRUPTED
