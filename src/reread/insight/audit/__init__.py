"""What is wrong with a data set: `audited.py` holds its rows, `checks/` looks for one thing each, `run.py` asks them all."""
