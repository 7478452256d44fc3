"""Models that answer texts: a network, the linear baseline, a blend; and a model folder opened as one of them."""
