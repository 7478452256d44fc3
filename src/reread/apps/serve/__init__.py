"""Models over HTTP: texts in, answers back."""
