"""MemoryGym measures the memory of LLM agents: what they keep, keep current, and use."""

__version__ = "0.1.0"
