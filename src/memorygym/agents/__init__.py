"""Agents that every track has: a chat model, and its reasoners as users of memory tools."""
