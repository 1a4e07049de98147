"""Tracks: each an environment, its dealer's entry and its scripted readers."""
