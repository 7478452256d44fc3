"""The compiled kernel against NumPy and Python; runs as a script, which needs NumPy only: `python -m support.kernel` in tests/."""
