"""MemoryGym: measure, train and judge the memory of LLM agents."""

__version__ = "0.1.0"
