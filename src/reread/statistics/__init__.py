"""How sure a figure is: intervals, paired tests, the expected best of several runs."""
