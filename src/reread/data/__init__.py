"""Rows in, rows out: files of texts with labels or numbers, read and written in bounded memory."""
