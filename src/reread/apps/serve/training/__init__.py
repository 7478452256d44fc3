"""Trainings that the page starts: files in a folder, one child process at a time, and what is made of its model."""
