"""Named public data sets, one file each: fetched once, checked, and kept in a cache that works offline."""

from __future__ import annotations

from reread.data.datasets.base import Dataset, datasets
from reread.data.datasets.fetching import fetch, fetch_dataset, list_datasets
from reread.fetching.folder import default_folder
from reread.fetching.original import Original

__all__ = ["Dataset", "Original", "datasets", "default_folder", "fetch", "fetch_dataset", "list_datasets"]
