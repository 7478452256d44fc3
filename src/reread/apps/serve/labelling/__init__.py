"""Labellings that the page begins: their files in a folder, the page of each, and what is trained on their labels."""
