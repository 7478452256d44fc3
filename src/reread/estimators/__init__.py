"""scikit-learn estimators, and the one way from examples to a fitted model."""
