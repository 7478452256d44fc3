"""`reread` in a process of a server, which ends when the server does, or lets go of it.

Started as ``python -m reread.web.training.child train …`` with a pipe as standard input: when that ends the
command is interrupted, as by Ctrl-C, and if it does not end by itself it is ended.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

GRACE = 30.0  # seconds for what was learned to be kept
BEHIND = 10  # niceness: answers go first
ENDED = 130


def follow() -> None:
    """Wait for the end of standard input; then end."""
    while os.read(0, 1024):
        pass
    signal.raise_signal(signal.SIGINT) if os.name == "nt" else os.kill(os.getpid(), signal.SIGINT)
    time.sleep(GRACE)
    os._exit(ENDED)


def main() -> None:
    """Run the command in the arguments."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a server that was started in the background ignores it
    if hasattr(os, "nice"):
        os.nice(BEHIND)
    threading.Thread(target=follow, daemon=True).start()
    sys.argv[0] = "reread"
    runpy.run_module("reread", run_name="__main__", alter_sys=False)


if __name__ == "__main__":
    main()
