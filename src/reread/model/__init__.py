"""Models that answer texts: a network, the linear member, a stack or a blend of them; and a folder opened as one."""
