"""Frameworks of others that play our tasks: each translates and re-implements nothing."""
