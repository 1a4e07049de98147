"""Memories of other people, each in a process of its own that never holds the answers."""
