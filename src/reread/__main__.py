"""`python -m reread` is `reread`."""

from reread.apps.cli import main

main()
