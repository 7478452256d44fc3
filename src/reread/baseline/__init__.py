"""The linear baseline: n-grams in, scores out."""
