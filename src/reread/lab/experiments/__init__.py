"""Experiments: models × settings × seeds, from their file to a table."""
