"""Runs of others: shipped as one file, checked again and ranked."""
