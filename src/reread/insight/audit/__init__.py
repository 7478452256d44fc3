"""Problems of a data set: `audit_data.py` holds its rows, `checks/` has a file for each check, `run.py` runs them."""
