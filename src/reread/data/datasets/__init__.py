"""Named public data sets, one file each: fetched once, checked, and kept in a cache that works offline."""

from __future__ import annotations

from reread.data.datasets.base import Dataset, Original, datasets
from reread.data.datasets.cache import default_folder
from reread.data.datasets.fetching import fetch, fetch_dataset, list_datasets

__all__ = ["Dataset", "Original", "datasets", "default_folder", "fetch", "fetch_dataset", "list_datasets"]
