"""Drift: figures of the texts and answers of training, and how new ones differ from them."""
