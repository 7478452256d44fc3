"""Data in many files: the parts to read and the folder of their results, on this machine or at an address."""

from reread.data.parts.base import ASKED, Part, Parts, Results, name_of_result
from reread.data.parts.places import has_parts, parts_of, results_in

__all__ = ["ASKED", "Part", "Parts", "Results", "has_parts", "name_of_result", "parts_of", "results_in"]
