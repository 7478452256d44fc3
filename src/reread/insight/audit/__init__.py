"""What is wrong with a data set: `material.py` holds its rows, `checks/` looks for one thing each, `run.py` asks them all."""
