"""Raw text → ids. No torch, no files."""
