"""Scripted agents that look for a short cut, one a file; each declares what it imitates and its bound."""
