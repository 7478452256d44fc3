"""Uncertainty of figures: intervals, paired tests, the expected best of several runs."""
