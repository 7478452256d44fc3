"""An example of a plugin for reread: one module for each part."""
