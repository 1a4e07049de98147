"""Scripted agents that look for a short cut; each declares what it imitates and its bound."""
