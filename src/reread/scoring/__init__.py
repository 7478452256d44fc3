"""Scoring: texts in, answers out. No torch outside backends/torch.py."""
