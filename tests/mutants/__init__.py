"""Mutation testing; `__main__.py` says how."""
