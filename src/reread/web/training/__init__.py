"""`reread train` in a child process of a server.

`child.py`: the process; `run.py`: how far it is, and how it ended; `extra.py`: whether it can begin.
"""
