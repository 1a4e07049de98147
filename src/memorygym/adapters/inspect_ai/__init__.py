"""Inspect AI: our tracks as its tasks, its models as our agents, our agents as its models."""
