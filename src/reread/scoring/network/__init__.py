"""A trained network on the compiled kernel alone: NumPy arrays, no torch."""
