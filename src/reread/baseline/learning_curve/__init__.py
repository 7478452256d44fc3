"""What more labels would bring: the linear member's figures at several shares of the rows, and a law through them.

`measure` trains on parts of the rows and answers the others (`measuring.py`), `statistics/power_law.py` puts laws
through the figures, and `curve.py` is what is kept of them, and the sentences that it makes.
"""
