"""Inspect AI: tracks as its tasks, its models as agents, scripted agents as its models."""
