"""scikit-learn estimators: texts in, the same methods as every `reread.Model`."""
