"""Models beside the network: the n-gram linear baseline."""
