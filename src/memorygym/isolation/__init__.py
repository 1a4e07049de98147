"""Memory-isolated scores: the reasoner is held fixed and only the memory changes (design §5)."""
