"""Where people meet reread."""
