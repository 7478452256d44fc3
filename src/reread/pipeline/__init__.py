"""From examples to a model folder: plan, prepare, train, save."""
