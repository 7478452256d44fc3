"""From examples to a model folder: plan, prepare, train, what was fitted, what is saved."""
