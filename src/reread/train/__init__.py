"""Training: encoded texts and targets in, a trained network out."""
