"""Scripted agents that manage their memory within the rules, one a file."""
